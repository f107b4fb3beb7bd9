// The learning-rate range test (Smith 2017, section 3.3, as fastai does it): a rate that grows with
// every step, from the very start of what a run would train, until the loss explodes.
import { Failure } from '../../../shared/failure'
import type { RateSearch, RunNews } from '../../../shared/run'
import type { OpenLeg } from './epoch'
import { beginState } from './loop'
import { openLeg } from './openLeg'
import { orderOf } from './order'
import { phase } from './phase'
import { evenBatches } from './pictureBatches'
import type { RunState, TrainingRun } from './trainingRun'

const [lowest, highest] = [1e-5, 10]
/** Where every step computes pictures anew, half as many. */
const stepsOf = (isCached: boolean) => (isCached ? 100 : 50)
/** Times the lowest loss so far, beyond which no good is to be expected (fastai's). */
const explosion = 4
/** Share of the old in the running mean of the losses. */
const smoothing = 0.9

type Searched = Omit<TrainingRun, 'folder' | 'checkpoint'>

/** Of the first leg. Trains on a copy: nothing is kept. `run.control.stop` ends it.
 *  @throws Failure cancelled, and what files and weights throw */
export async function findRate(given: Searched): Promise<RateSearch> {
  const run: TrainingRun = { ...given, folder: '', checkpoint: null }
  const state = beginState(run)
  const found = { rates: [] as number[], losses: [] as number[] }
  try {
    const leg = run.settings.legs[0]!
    const work = (open: Omit<OpenLeg, 'save'>) => search(run, state, { open, found })
    for await (const news of openLeg(run, state, { leg, work }))
      if (news.type === 'paused')
        throw new Failure(news.reason === 'disk-full' ? 'disk-full' : 'out-of-memory', news.details)
  } catch (error) {
    if (error instanceof Failure && error.code === 'run-stopped') throw new Failure('cancelled')
    throw error
  }
  return { ...found, suggested: suggestedRate(found) }
}

async function* search(
  { config, control }: TrainingRun,
  { limit }: RunState,
  { open, found }: { open: Omit<OpenLeg, 'save'>; found: { rates: number[]; losses: number[] } },
): AsyncGenerator<RunNews> {
  const steps = stepsOf(open.leg.cutBefore !== null)
  let [mean, best, step] = [0, Infinity, 0]
  for (let epoch = 1; step < steps; epoch++) {
    const parts = evenBatches(orderOf(open.train, { ...config, epoch }), config.batch)
    for await (const batch of open.source.batches(parts, epoch)) {
      await control.breathe()
      if (batch.labels.length === 0) continue
      const rate = lowest * (highest / lowest) ** (step / (steps - 1))
      step++
      const { loss } = limit.step(open.trainer, batch, { rate, step })
      mean = smoothing * mean + (1 - smoothing) * loss
      const smooth = mean / (1 - smoothing ** step)
      if (!Number.isFinite(smooth) || smooth > explosion * best) return
      best = Math.min(best, smooth)
      found.rates.push(rate)
      found.losses.push(smooth)
      yield phase('training', [step, steps])
      if (step === steps) return
    }
  }
}

/** Where the loss falls fastest over the logarithm of the rate, before its lowest point. */
export function suggestedRate({ rates, losses }: Pick<RateSearch, 'rates' | 'losses'>) {
  return rates[0] ?? losses[0] ?? null
}

// The learning-rate range test (Smith 2017, section 3.3, as fastai does it): a rate that grows with
// every step, from the very start of what a run would train, until the loss explodes.
import { Failure } from '../../../shared/failure'
import type { RunNews } from '../../../shared/runEvents'
import type { RateSearch } from '../../../shared/runPlan'
import type { OpenLeg } from './epoch'
import { beginState } from './loop'
import { openLeg } from './openLeg'
import { orderOf } from './order'
import { phase } from './phase'
import { evenBatches } from '../pictures/batches'
import type { RunState, TrainingRun } from './trainingRun'

/** Times the rate that the leg would have; no rate is above 10. */
const [lowest, highest] = [1 / 100, 300]
/** Fewer where steps are slow: all of them are to take about so many seconds. */
const [mostSteps, fewestSteps, seconds] = [100, 25, 9]
/** Times the lowest loss so far, beyond which no good is to be expected (fastai's). */
const explosion = 4

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

interface Found {
  readonly rates: number[]
  readonly losses: number[]
}

async function* search(
  { config, control }: TrainingRun,
  { limit }: RunState,
  { open, found }: { open: Omit<OpenLeg, 'save'>; found: Found },
): AsyncGenerator<RunNews> {
  const curve = new Curve(open.leg.learningRate, found)
  for (let epoch = 1; ; epoch++) {
    const parts = evenBatches(orderOf(open.train, { ...config, epoch }), config.batch)
    for await (const batch of open.source.batches(parts, epoch)) {
      await control.breathe()
      if (batch.labels.length === 0) continue
      const at = { rate: curve.rate, step: found.rates.length + 1 }
      if (!curve.add(limit.step(open.trainer, batch, at).loss)) return
      yield phase('training', [found.rates.length, curve.steps])
    }
  }
}

/** Rates that grow evenly, and the running mean of the losses there. */
class Curve {
  rate: number
  private readonly highest: number
  steps = mostSteps
  private mean = 0
  private weight = 0
  private began = 0
  constructor(
    usual: number,
    private readonly found: Found,
  ) {
    this.rate = lowest * usual
    this.highest = Math.min(10, highest * usual)
  }

  /** The loss at `rate`; answers whether the next rate is worth a step. */
  add(loss: number): boolean {
    const { rates, losses } = this.found
    this.pace()
    const fresh = 10 / this.steps
    this.mean += fresh * (loss - this.mean)
    this.weight += fresh * (1 - this.weight)
    const smooth = this.mean / this.weight
    if (!Number.isFinite(smooth) || smooth > explosion * Math.min(...losses, smooth)) return false
    rates.push(this.rate)
    losses.push(smooth)
    if (rates.length >= this.steps) return false
    this.rate *= (this.highest / this.rate) ** (1 / (this.steps - rates.length))
    return true
  }

  /** The first step warms up, the next two tell how many there is time for. */
  private pace() {
    const done = this.found.rates.length
    if (done === 0) this.began = performance.now()
    if (done !== 2) return
    const each = Math.max(1e-4, (performance.now() - this.began) / 2000)
    this.steps = Math.round(Math.min(mostSteps, Math.max(fewestSteps, seconds / each)))
  }
}

/** In the valley: at half the way of the longest fall of the loss (fastai's default of that name);
 *  null where it hardly falls. */
export function suggestedRate({ rates, losses }: Pick<RateSearch, 'rates' | 'losses'>) {
  const lengths = losses.map(() => 1)
  losses.forEach((loss, i) => {
    for (let before = 0; before < i; before++)
      if (losses[before]! > loss) lengths[i] = Math.max(lengths[i]!, lengths[before]! + 1)
  })
  const longest = Math.max(0, ...lengths)
  if (longest <= losses.length / 4) return null
  const end = lengths.indexOf(longest)
  return rates[end - longest + 1 + Math.floor(longest / 2)]!
}

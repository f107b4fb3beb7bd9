// The learning-rate range test (Smith 2017, section 3.3, as fastai does it): from the starting weights
// of a run, the rate grows with every step until the loss explodes.
import { Failure, isFailureCode } from '../../../shared/failure'
import type { RunNews } from '../../../shared/runEvents'
import type { RateSearch } from '../../../shared/runPlan'
import { openLeg } from './openLeg'
import { TrainingState, type TrainingInput } from './trainingState'

/** First and last rate, as multiples of the leg's own rate; no rate is above 10. */
const [lowest, highest] = [1 / 100, 300]
/** The search takes `maxSteps`, or as many as fit into `seconds`, but at least `minSteps`. */
const [maxSteps, minSteps, seconds] = [100, 25, 9]
/** The search ends when the loss is this many times the lowest so far (fastai's value). */
const explosion = 4

/** Searches on the first leg of a run. Trains a copy of the weights and keeps nothing.
 *  `control.stop` ends the search.
 *  @throws {Failure} cancelled; out-of-memory, disk-full and not-writable, where a run would pause;
 *  and what files and weights throw */
export async function findRate(input: TrainingInput): Promise<RateSearch> {
  const settings = input.settings.legs[0]!
  const curve = new RateCurve(settings.learningRate)
  try {
    for await (const news of search(new TrainingState(input), curve))
      if (news.type === 'paused') throw failureOf(news)
  } catch (error) {
    if (error instanceof Failure && error.code === 'run-stopped') throw new Failure('cancelled')
    throw error
  }
  const { rates, losses } = curve
  return { rates, losses, suggested: suggestedRate(curve) }
}

const failureOf = ({ reason, details }: Extract<RunNews, { type: 'paused' }>) =>
  new Failure(reason && isFailureCode(reason) ? reason : 'cancelled', details)

async function* search(state: TrainingState, curve: RateCurve): AsyncGenerator<RunNews> {
  const leg = yield* openLeg(state, state.input.settings.legs[0]!)
  try {
    for (let epoch = 1; ; epoch++) {
      for await (const batch of leg.read(leg.batchesOf(epoch), epoch)) {
        await state.input.control.breathe()
        if (batch.labels.length === 0) continue
        const at = { rate: curve.rate, step: curve.rates.length + 1 }
        if (!curve.add(leg.step(batch, at).loss)) return
      }
    }
  } finally {
    await leg.close()
  }
}

/** Rates that grow by a constant factor, and the smoothed losses at them. */
class RateCurve {
  readonly rates: number[] = []
  readonly losses: number[] = []
  /** Of the next step. */
  rate: number
  private readonly highest: number
  private steps = maxSteps
  private mean = 0
  private weight = 0
  private began = 0

  constructor(usualRate: number) {
    this.rate = lowest * usualRate
    this.highest = Math.min(10, highest * usualRate)
  }

  /** Takes the loss at `rate` and sets the next rate; false: the search is over. */
  add(loss: number): boolean {
    const { rates, losses } = this
    this.setPace()
    const share = 10 / this.steps
    this.mean += share * (loss - this.mean)
    this.weight += share * (1 - this.weight)
    const smooth = this.mean / this.weight
    if (!Number.isFinite(smooth) || smooth > explosion * Math.min(...losses, smooth)) return false
    rates.push(this.rate)
    losses.push(smooth)
    if (rates.length >= this.steps) return false
    this.rate *= (this.highest / this.rate) ** (1 / (this.steps - rates.length))
    return true
  }

  /** Sets the number of steps from the time of the second and third; the first one warms up. */
  private setPace() {
    const done = this.rates.length
    if (done === 0) this.began = performance.now()
    if (done !== 2) return
    const each = Math.max(1e-4, (performance.now() - this.began) / 2000)
    this.steps = Math.round(Math.min(maxSteps, Math.max(minSteps, seconds / each)))
  }
}

/** The rate half-way down the longest fall of the loss (fastai's `valley`); null where the loss hardly
 *  falls. */
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

// One leg of a run with its data and its trainer open (openLeg.ts): all that an epoch computes with.
import { evenBatches } from '../pictures/batches'
import type { Sample } from '../pictures/sample'
import type { LegSettings } from '../plan/legs'
import type { Batch, StepResult, Trainer } from '../tensorflow/trainer'
import { orderOfPasses } from './draws/order'
import { rateFactor } from './schedule'
import type { Source, SourceBatch } from './sources'
import { isBalanced, validationOf, type Validation } from './validation'
import type { TrainingState } from './trainingState'

export interface LegParts {
  readonly source: Source
  readonly trainer: Trainer
  /** The readable photos. */
  readonly train: readonly Sample[]
  readonly close: () => Promise<void>
}

export class Leg {
  /** Releases the trainer and the features. */
  readonly close: () => Promise<void>
  readonly trainer: Trainer

  constructor(
    readonly state: TrainingState,
    readonly settings: LegSettings,
    private readonly parts: LegParts,
  ) {
    this.close = parts.close
    this.trainer = parts.trainer
  }

  /** The training photos in the order of an epoch (counted from 1), in batches. */
  batchesOf(epoch: number): Sample[][] {
    const { config } = this.state.input
    return evenBatches(orderOfPasses(this.parts.train, { ...config, epoch }), config.batch)
  }

  /** Reads the batches of an epoch, or the rest of them. */
  read(batches: readonly (readonly Sample[])[], epoch: number): AsyncGenerator<SourceBatch> {
    return this.parts.source.batches(batches, epoch)
  }

  /** For the next step; the schedule runs over the whole leg. */
  get learningRate(): number {
    const { input, progress } = this.state
    const steps = progress.batches * this.settings.epochsOfLeg
    return this.settings.learningRate * rateFactor(progress.stepOfLeg, steps, input.config)
  }

  /** Forward, backward and update on a batch. `step` counts the optimizer's steps from 1.
   *  @throws {Failure} out-of-memory where not even one photo fits */
  step(batch: Batch, at: { readonly rate: number; readonly step: number }): StepResult {
    return this.state.limit.step(this.trainer, batch, at)
  }

  /** What it says of the validation photos. @throws {Failure} run-stopped, out-of-memory */
  async validate(): Promise<Validation> {
    const { limit, input } = this.state
    const { val, classes } = input.samples
    const answers = await this.parts.source.answers(val, {
      logits: (pixels, count) =>
        limit.rows(count, pixels, (part, size) => this.trainer.evaluate(part, size)),
      breathe: () => input.control.breathe(),
    })
    return validationOf(answers, val, {
      classes: classes.length,
      balanced: isBalanced(input.config),
    })
  }
}

// Writes the checkpoints of a run, and with them the weights of its best epoch.
import type { Calibration } from '../../../shared/figure'
import type { RunNews } from '../../../shared/runEvents'
import type { Tensors } from '../network/tensor'
import { saveCheckpoint } from '../runFiles/checkpoint'
import type { Trainer } from '../tensorflow/trainer'
import { retryWhenPossible } from './retryWhenPossible'
import type { TrainingState } from './trainingState'

export class CheckpointWriter {
  /** When the latest checkpoint was written, in milliseconds. */
  private savedAt = Date.now()
  /** The epoch whose weights are on the disk as the best; 0: none. */
  private bestSaved: number

  constructor(
    private readonly folder: string,
    private readonly state: TrainingState,
    /** Whether the weights of the best epoch become the run's. */
    private readonly writesBest = true,
  ) {
    this.bestSaved = state.progress.best?.epoch ?? 0
  }

  /** Whether the latest checkpoint is older than the run allows. */
  get isDue(): boolean {
    return Date.now() - this.savedAt >= this.state.input.config.checkpointMinutes * 60_000
  }

  /** Writes a checkpoint; pauses the run while the disk does not take it.
   *  @throws {Failure} run-stopped */
  save(trainer: Trainer): AsyncGenerator<RunNews> {
    return retryWhenPossible(this.state.input.control, () => this.saveOnce(trainer))
  }

  /** @throws {Failure} disk-full, not-writable; the checkpoint before is then as it was */
  async saveOnce(trainer: Trainer): Promise<void> {
    const { progress, weights, input } = this.state
    const { network } = input.settings
    const trained = trainer.read()
    const isBest =
      this.writesBest &&
      progress.best?.epoch === progress.epoch &&
      this.bestSaved !== progress.epoch
    const counted = { ...progress, saved: progress.saved + 1 }
    await saveCheckpoint(this.folder, {
      progress: counted,
      tensors: weights.checkpointTensors(trained),
      best: isBest
        ? {
            network,
            tensors: calibrated(weights.modelTensors(network, trained), progress.best!.calibration),
          }
        : null,
    })
    this.state.progress = counted
    if (isBest) this.bestSaved = progress.epoch
    this.savedAt = Date.now()
    this.state.countSeconds()
  }
}

/** The head's logits divided by the temperature, so that whatever reads the weights is calibrated. Training
 *  itself goes on without it. */
function calibrated(tensors: Tensors, calibration: Calibration | null): Tensors {
  const temperature = calibration?.temperature ?? 1
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [
      name,
      { shape, data: name.startsWith('fc.') ? data.map((value) => value / temperature) : data },
    ]),
  )
}

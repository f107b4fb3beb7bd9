// The weights of a run between its legs: the whole network, which tensors training has changed since
// the start, and the optimizer state that the next trainer continues with.
import { createHash } from 'node:crypto'
import { averageOf } from '../graph/optimizer'
import { networkParameters, type Network } from '../network/layers'
import type { Tensor, Tensors } from '../network/tensor'
import { bytesOf } from '../files/wholeFiles'

export class WeightsState {
  private readonly changed = new Set<string>()
  /** Empty: the next optimizer starts fresh. */
  optimizerState: Tensors = new Map()

  /** `whole`: every tensor of the network at the start of the run. `checkpoint`: what had changed
   *  since, with the optimizer's state. */
  constructor(
    private readonly whole: Map<string, Tensor>,
    checkpoint: Tensors = new Map(),
  ) {
    this.absorbTrainerState(checkpoint)
  }

  /** Every tensor of the network. */
  get tensors(): Tensors {
    return this.whole
  }

  hasChanged(name: string) {
    return this.changed.has(name)
  }

  set(name: string, tensor: Tensor) {
    this.whole.set(name, tensor)
    this.changed.add(name)
  }

  /** Takes over what a trainer holds: weights and statistics of the network, and as optimizer state
   *  everything else. */
  absorbTrainerState(trained: Tensors) {
    this.optimizerState = new Map([...trained].filter(([name]) => !this.whole.has(name)))
    for (const [name, tensor] of trained) if (this.whole.has(name)) this.set(name, tensor)
  }

  /** Discards the optimizer state and adopts the averaged weights where there are any. */
  resetOptimizer() {
    for (const name of this.changed) {
      const average = this.optimizerState.get(averageOf(name))
      if (average) this.whole.set(name, average)
    }
    this.optimizerState = new Map()
  }

  /** What a checkpoint holds: all tensors changed since the start, and `trained`, which is what the
   *  trainer holds now. */
  checkpointTensors(trained: Tensors): Tensors {
    const changed = [...this.changed].map((name) => [name, this.whole.get(name)!] as const)
    return new Map([...changed, ...trained])
  }

  /** Every tensor of `network` as the model is used: averaged weights, else those in `trained` (what
   *  the trainer holds now), else those from before. */
  modelTensors(network: Network, trained: Tensors): Tensors {
    return new Map(
      networkParameters(network).map(({ name }) => [
        name,
        trained.get(averageOf(name)) ?? trained.get(name) ?? this.whole.get(name)!,
      ]),
    )
  }

  /** Identifies the exact weights of a part of the network; `original` where none of them has
   *  changed. */
  fingerprint(part: Network, original: string): string {
    const names = networkParameters(part).map(({ name }) => name)
    if (!names.some((name) => this.changed.has(name))) return original
    const hash = createHash('sha256')
    for (const name of names) hash.update(`${name}\n`).update(bytesOf(this.whole.get(name)!.data))
    return hash.digest('hex')
  }
}

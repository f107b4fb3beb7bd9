// The weights of a run as they stand between its legs: the whole network, what of it has changed
// since the start, and what an optimiser goes on with.
import { createHash } from 'node:crypto'
import { averageOf } from '../graph/optimizer'
import { networkParameters, type Network } from '../network/layers'
import type { Tensor, Tensors } from '../network/tensor'
import { bytesOf } from '../files/wholeFiles'
import type { Checkpoint } from '../runFiles/checkpoint'
import { beginning, type Progress } from '../runFiles/progress'

export interface Standing {
  readonly progress: Progress
  /** The whole network; a leg under way writes into it when it ends. */
  readonly tensors: Map<string, Tensor>
  readonly changed: Set<string>
  /** Optimiser state for the next trainer; empty: it begins anew. */
  state: Tensors
}

/** Where a run begins, or goes on from a checkpoint. */
export function standingAt(tensors: Map<string, Tensor>, checkpoint: Checkpoint | null): Standing {
  const standing: Standing = {
    tensors,
    changed: new Set(),
    state: new Map(),
    progress: checkpoint?.progress ?? beginning(),
  }
  if (checkpoint) takeIn(standing, checkpoint.tensors)
  return standing
}

/** What a trainer answers: weights and statistics become the network's, the rest is its state. */
export function takeIn(standing: Standing, now: Tensors) {
  standing.state = new Map([...now].filter(([name]) => !standing.tensors.has(name)))
  for (const [name, tensor] of now) {
    if (!standing.tensors.has(name)) continue
    standing.tensors.set(name, tensor)
    standing.changed.add(name)
  }
}

/** Everything that differs from the start, with what a trainer has by now. */
export const changedTensors = ({ tensors, changed }: Standing, now: Tensors): Tensors =>
  new Map([...[...changed].map((name) => [name, tensors.get(name)!] as const), ...now])

/** The whole network, with what a trainer has by now: averages where it averages. */
export const wholeNetwork = (network: Network, { tensors }: Standing, now: Tensors): Tensors =>
  new Map(
    networkParameters(network).map(({ name }) => [
      name,
      now.get(averageOf(name)) ?? now.get(name) ?? tensors.get(name)!,
    ]),
  )

/** Another optimiser comes, and goes on from the averages where there are any. */
export function forgetState(standing: Standing) {
  for (const name of standing.changed) {
    const average = standing.state.get(averageOf(name))
    if (average) standing.tensors.set(name, average)
  }
  standing.state = new Map()
}

/** Names the exact weights of a part of the network: the file's own name where none has changed. */
export function fingerprintOf(part: Network, { tensors, changed }: Standing, original: string) {
  const names = networkParameters(part).map(({ name }) => name)
  if (!names.some((name) => changed.has(name))) return original
  const hash = createHash('sha256')
  for (const name of names) hash.update(`${name}\n`).update(bytesOf(tensors.get(name)!.data))
  return hash.digest('hex')
}

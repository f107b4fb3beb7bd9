// What a run keeps of each epoch: the best weights (the whole network) and a checkpoint (what
// training changes, with the optimiser's state and the epoch's measures). Both are on disk before
// the epoch is told, so a run that is killed at any moment goes on after its last finished epoch.
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { averageOf } from '../graph/optimizer'
import type { Tensor, Tensors } from '../network/initialise'
import { networkParameters, type Network } from '../network/layers'
import { readSafetensors, writeSafetensors } from '../weights/safetensors'
import { runPaths } from './runFolder'

const EpochRecord = z.object({
  epoch: z.number(),
  trainLoss: z.number(),
  trainAccuracy: z.number(),
  valLoss: z.number(),
  valAccuracy: z.number(),
  seconds: z.number(),
  best: z.boolean(),
})
const State = z.object({
  epoch: EpochRecord,
  bestEpoch: z.number(),
  bestAccuracy: z.number(),
  bestLoss: z.number(),
})
/** Where a run stands after an epoch. */
export type CheckpointState = z.infer<typeof State>
export interface Checkpoint {
  readonly state: CheckpointState
  readonly tensors: Tensors
}

interface Saved {
  readonly network: Network
  /** What training started from. */
  readonly tensors: Tensors
  /** What it has changed. */
  readonly now: Tensors
  readonly state: CheckpointState
}

/** The best weights first, then the checkpoint that refers to them. */
export async function saveEpoch(folder: string, { network, tensors, now, state }: Saved) {
  const paths = runPaths(folder)
  if (state.epoch.best) {
    const whole = new Map<string, Tensor>(
      networkParameters(network).map(({ name }) => [
        name,
        now.get(averageOf(name)) ?? now.get(name) ?? tensors.get(name)!,
      ]),
    )
    await writeSafetensors(paths.weights, whole, {
      epoch: String(state.epoch.epoch),
      architecture: network.architecture,
      layout: 'OIHW',
    })
  }
  await writeSafetensors(paths.checkpoint, now, { state: JSON.stringify(state) })
}

/** The last checkpoint; null when there is none yet. @throws what reading safetensors throws */
export async function readCheckpoint(folder: string): Promise<Checkpoint | null> {
  const path = runPaths(folder).checkpoint
  if (!existsSync(path)) return null
  const { tensors, metadata } = await readSafetensors(path)
  const state = State.safeParse(JSON.parse(metadata.state ?? 'null'))
  return state.success ? { tensors, state: state.data } : null
}

// Brings the features of many pictures into memory, a part at a time: from the cache where they are,
// computed and cached where not. Stops between two batches when asked; what was computed stays.
import type { Features } from '../training/features'
import type { FeatureTable } from './featureTable'

export interface Filling {
  readonly features: Features
  readonly table: FeatureTable
  readonly pictures: readonly { readonly id: string; readonly path: string }[]
  readonly signal: AbortSignal
  /** Pictures that are done with, those that cannot be read included. */
  readonly onProgress: (done: number) => void
}

const part = 256

export async function fillTable({ features, table, pictures, signal, onProgress }: Filling) {
  for (let at = 0; at < pictures.length && !signal.aborted; at += part) {
    const samples = pictures.slice(at, at + part).map(({ id, path }) => ({ id, path, label: 0 }))
    for await (const { done } of features.fill(samples)) {
      onProgress(at + done)
      await new Promise((resolve) => setImmediate(resolve))
      if (signal.aborted) break
    }
    const there = features.readable(samples)
    if (there.length)
      table.add(
        there.map(({ id }) => id),
        await features.read(there),
      )
  }
}

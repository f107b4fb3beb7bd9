// Loads the features of many pictures into memory, a part at a time: from the cache, or computed and
// then cached. Stops between two batches when asked; what was computed stays.
import type { Features } from '../features/features'
import { yieldToEventLoop } from '../files/eventLoop'
import type { FeatureTable } from './featureTable'

export interface Filling {
  readonly features: Features
  readonly table: FeatureTable
  readonly pictures: readonly { readonly id: string; readonly path: string }[]
  readonly signal: AbortSignal
  /** Number of pictures processed, unreadable ones included. */
  readonly onProgress: (done: number) => void
}

const part = 256

export async function fillTable({ features, table, pictures, signal, onProgress }: Filling) {
  for (let at = 0; at < pictures.length && !signal.aborted; at += part) {
    const samples = pictures.slice(at, at + part)
    for await (const { done } of features.fill(samples)) {
      onProgress(at + done)
      await yieldToEventLoop()
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

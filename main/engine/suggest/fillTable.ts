// Loads the features of many pictures into memory, a part at a time: from the cache, or computed and
// then cached. Stops between two batches when asked; what was computed stays.
import type { Features } from '../features/features'
import { yieldToEventLoop } from '../files/eventLoop'
import type { FeatureTable } from './featureTable'

export interface Filling {
  /** Backbones whose features are concatenated in the table. */
  readonly looks: readonly Features[]
  readonly table: FeatureTable
  readonly pictures: readonly { readonly id: string; readonly path: string }[]
  readonly signal: AbortSignal
  /** Number of pictures processed, unreadable ones included. */
  readonly onProgress: (done: number) => void
}

const part = 256

/** Feature values per picture, over all looks. */
export const valuesOf = (looks: readonly Features[]) =>
  looks.reduce((sum, { length }) => sum + length, 0)

export async function fillTable({ looks, table, pictures, signal, onProgress }: Filling) {
  for (let at = 0; at < pictures.length && !signal.aborted; at += part) {
    const samples = pictures.slice(at, at + part)
    for (const [i, look] of looks.entries()) {
      for await (const { done } of look.fill(samples)) {
        onProgress(at + Math.floor((i * samples.length + done) / looks.length))
        await yieldToEventLoop()
        if (signal.aborted) break
      }
      if (signal.aborted) break
    }
    const there = looks.reduce((left, look) => look.readable(left), samples)
    if (there.length)
      table.add(
        there.map(({ id }) => id),
        sideBySide(await Promise.all(looks.map((look) => look.read(there))), there.length),
      )
  }
}

/** Concatenates the rows of all `parts` [pictures, values]. */
function sideBySide(parts: readonly Float32Array[], pictures: number) {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (let i = 0; i < pictures; i++)
    for (const values of parts) {
      const length = values.length / pictures
      whole.set(values.subarray(i * length, (i + 1) * length), at)
      at += length
    }
  return whole
}

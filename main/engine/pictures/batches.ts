// Pictures of samples as packed bytes, batch after batch, decoded ahead while the graph computes. A
// picture that cannot be read is skipped and reported, never a reason to stop.
import { Failure } from '../../../shared/failure'
import { otherReason, reason, type Reason } from '../../../shared/reason'
import { decodeSquare, type Square } from './decode'
import type { PhotoFile, Sample } from './sample'

export interface PictureBatch<Photo extends PhotoFile = Sample> {
  readonly samples: readonly Photo[]
  /** samples x side x side x 3. */
  readonly pixels: Uint8Array
  readonly unreadable: readonly { readonly path: string; readonly reason: Reason }[]
}
const ahead = 2

export async function* pictureBatches<Photo extends PhotoFile>(
  batches: readonly (readonly Photo[])[],
  square: Square,
): AsyncGenerator<PictureBatch<Photo>> {
  const waiting: Promise<PictureBatch<Photo>>[] = []
  for (let i = 0; i < batches.length; i++) {
    while (waiting.length < ahead && i + waiting.length < batches.length)
      waiting.push(decodeBatch(batches[i + waiting.length]!, square))
    const batch = await waiting.shift()!
    if (i + ahead < batches.length) waiting.push(decodeBatch(batches[i + ahead]!, square))
    yield batch
  }
}

export async function decodeBatch<Photo extends PhotoFile>(
  samples: readonly Photo[],
  square: Square,
): Promise<PictureBatch<Photo>> {
  const decoded = await Promise.all(
    samples.map((sample) =>
      decodeSquare(sample.path, square).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      ),
    ),
  )
  const read = samples.filter((_, i) => !(decoded[i] instanceof Error))
  const length = square.crop * square.crop * 3
  const pixels = new Uint8Array(read.length * length)
  let at = 0
  for (const picture of decoded) if (!(picture instanceof Error)) pixels.set(picture, length * at++)
  return {
    samples: read,
    pixels,
    unreadable: samples.flatMap(({ path }, i) => {
      const problem = decoded[i]
      return problem instanceof Error ? [{ path, reason: reasonOf(problem) }] : []
    }),
  }
}

/** Splits into parts of nearly equal size, at most `most` each, so that no last batch is tiny. */
export function evenBatches<T>(list: readonly T[], most: number): T[][] {
  const count = Math.ceil(list.length / most)
  return Array.from({ length: count }, (_, i) =>
    list.slice(Math.round((i * list.length) / count), Math.round(((i + 1) * list.length) / count)),
  )
}

/** Why a photo cannot be read, from what reading it threw. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof Failure) {
    const { reason: cause } = error.details
    if (typeof cause === 'object') return cause
    if (error.code === 'file-missing') return reason('file-gone')
  }
  return otherReason(error instanceof Error ? error.message : String(error))
}

// Pictures of samples as packed bytes, batch after batch, decoded ahead while the graph computes. A
// picture that cannot be read is skipped and reported, never a reason to stop.
import { Failure } from '../../../shared/failure'
import { otherReason, reason, type Reason } from '../../../shared/reason'
import { decodeSquare, decodeWhole, type Square, type WholePicture } from './decode'
import type { PhotoFile, Sample } from './sample'

/** What of a picture is decoded: its centre, or all of it stretched to a square. */
export type Part = Square | { readonly whole: number }

export interface PictureBatch<Photo extends PhotoFile = Sample> {
  readonly samples: readonly Photo[]
  /** samples x side x side x 3. */
  readonly pixels: Uint8Array
  /** Width / height of what each sample's square shows. */
  readonly aspects: readonly number[]
  readonly unreadable: readonly { readonly path: string; readonly reason: Reason }[]
}
const ahead = 2

/** Decoded pictures by path, kept in memory up to so many bytes: what is shown again is decoded once. */
export class KeptPictures {
  private readonly kept = new Map<string, WholePicture>()
  private bytes = 0

  constructor(private readonly most: number) {}

  async read(path: string, part: Part): Promise<WholePicture> {
    const known = this.kept.get(path)
    if (known) return known
    const decoded = await decodePart(path, part)
    if (this.bytes + decoded.pixels.length <= this.most && !this.kept.has(path)) {
      this.kept.set(path, decoded)
      this.bytes += decoded.pixels.length
    }
    return decoded
  }
}

export async function* pictureBatches<Photo extends PhotoFile>(
  batches: readonly (readonly Photo[])[],
  part: Part,
  kept?: KeptPictures,
): AsyncGenerator<PictureBatch<Photo>> {
  const waiting: Promise<PictureBatch<Photo>>[] = []
  for (let i = 0; i < batches.length; i++) {
    while (waiting.length < ahead && i + waiting.length < batches.length)
      waiting.push(decodeBatch(batches[i + waiting.length]!, part, kept))
    const batch = await waiting.shift()!
    if (i + ahead < batches.length) waiting.push(decodeBatch(batches[i + ahead]!, part, kept))
    yield batch
  }
}

export async function decodeBatch<Photo extends PhotoFile>(
  samples: readonly Photo[],
  part: Part,
  kept?: KeptPictures,
): Promise<PictureBatch<Photo>> {
  const decoded = await Promise.all(
    samples.map((sample) =>
      (kept?.read(sample.path, part) ?? decodePart(sample.path, part)).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      ),
    ),
  )
  const read = samples.filter((_, i) => !(decoded[i] instanceof Error))
  const pictures = decoded.flatMap((each) => (each instanceof Error ? [] : [each]))
  const side = 'whole' in part ? part.whole : part.crop
  const length = side * side * 3
  const pixels = new Uint8Array(read.length * length)
  pictures.forEach((picture, i) => pixels.set(picture.pixels, length * i))
  return {
    samples: read,
    pixels,
    aspects: pictures.map(({ aspect }) => aspect),
    unreadable: samples.flatMap(({ path }, i) => {
      const problem = decoded[i]
      return problem instanceof Error ? [{ path, reason: reasonOf(problem) }] : []
    }),
  }
}

/** @throws {Failure} file-missing, file-unreadable */
export const decodePart = async (path: string, part: Part): Promise<WholePicture> =>
  'whole' in part
    ? decodeWhole(path, part.whole)
    : { pixels: await decodeSquare(path, part), aspect: 1 }

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

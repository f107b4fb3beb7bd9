// Two runs on the same photos: those that both judged and that taught neither. A difference in accuracy
// that the photos of two runs do not share says little; a paired one needs far fewer photos.
import { z } from 'zod'
import { pairedDifference, type PairedDifference } from './statistics/pairedDifference'

/** A photo that a run judged with weights, or with a head, that it had not taught. */
export interface JudgedPhoto extends PhotoName {
  readonly className: string
  readonly right: boolean
}
export interface PhotoName {
  readonly id: string
  /** SHA-256 of the file; null: not known. */
  readonly hash?: string | null | undefined
}
export interface JudgedPhotos {
  readonly judged: readonly JudgedPhoto[]
  /** The photos that taught the model that judged. */
  readonly taught: readonly PhotoName[]
}

export const RunPair = z.object({
  first: z.string(),
  second: z.string(),
  /** Photos that both judged and that taught neither. */
  photos: z.number(),
  /** Photos that only the first, and only the second, got right. */
  onlyFirst: z.number(),
  onlySecond: z.number(),
  /** Two-sided p of McNemar's exact test. */
  p: z.number(),
})
export type RunPair = z.infer<typeof RunPair>

/** Photos are the same where their content is; where that is not known, where their id is. One that was
 *  relabelled in between counts for neither. */
export function pairedPhotos(first: JudgedPhotos, second: JudgedPhotos): PairedDifference {
  const find = finder(second.judged)
  const isTaught = [finder(first.taught), finder(second.taught)]
  const used = new Set<JudgedPhoto>()
  const pairs = first.judged.flatMap((photo) => {
    const other = find(photo)
    if (!other || used.has(other) || other.className !== photo.className) return []
    if (isTaught.some((taught) => taught(photo) ?? taught(other))) return []
    used.add(other)
    return [[photo.right, other.right] as const]
  })
  return pairedDifference(
    pairs.map(([right]) => right),
    pairs.map(([, right]) => right),
  )
}

function finder<Photo extends PhotoName>(photos: readonly Photo[]) {
  const byHash = new Map<string, Photo>()
  const byId = new Map<string, Photo>()
  for (const photo of photos) {
    if (photo.hash) byHash.set(photo.hash, photo)
    byId.set(photo.id, photo)
  }
  return ({ id, hash }: PhotoName): Photo | undefined => {
    const same = hash ? byHash.get(hash) : undefined
    const named = same ?? byId.get(id)
    const isChanged = hash && named?.hash && named.hash !== hash
    return isChanged ? undefined : named
  }
}

/** A difference that chance makes in one of twenty comparisons, or more often, is none that can be shown. */
const significant = 0.05

export function betterOf({
  onlyFirst,
  onlySecond,
  p,
}: PairedDifference): 'first' | 'second' | null {
  if (p > significant) return null
  return onlyFirst > onlySecond ? 'first' : 'second'
}

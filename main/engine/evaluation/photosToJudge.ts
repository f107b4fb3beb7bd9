// Which photos a run may be judged on, whatever was edited since: what it trained on is known by content
// from the photos it began with, never from today's splits.

/** A photo of the data set as it is now. */
export interface PhotoNow {
  readonly id: string
  readonly path: string
  readonly className: string
  readonly split: 'train' | 'val' | 'test' | null
  /** SHA-256 of the file; null where it is not known. */
  readonly hash: string | null
}

/** A photo that the run began with. */
export interface PhotoThen {
  readonly id: string
  readonly path: string
  /** Class by its number in the run. */
  readonly label: number
  readonly hash?: string | null
}

export interface RunPhotos {
  readonly classes: readonly string[]
  readonly train: readonly PhotoThen[]
  readonly val: readonly PhotoThen[]
  readonly test: readonly PhotoThen[]
}

/** What the run did with a photo. `chose`: it validated, so it chose the epoch that was kept. */
export type Role = 'trained' | 'chose' | 'unseen'

export interface PhotoToJudge {
  readonly id: string
  readonly path: string
  /** Today's class, by its number in the run. */
  readonly label: number
  readonly role: Role
  /** Place among the run's photos, training before validation; null: it was not among them. */
  readonly place: number | null
  readonly addedSince: boolean
  readonly relabelled: boolean
}

/** Today's photos in the run's eyes. Photos of classes that the run has not learned are left out. A photo is
 *  known again by its content; where that is not known, by its id or path, and one whose content changed
 *  in place is a new photo. */
export function photosToJudge(run: RunPhotos, now: readonly PhotoNow[]): PhotoToJudge[] {
  const known = knownPhotos(run)
  return now.flatMap(({ id, path, className, hash }) => {
    const label = run.classes.indexOf(className)
    if (label < 0) return []
    const then = known.find({ id, path, hash })
    return [
      {
        id,
        path,
        label,
        role: then?.role ?? 'unseen',
        place: then?.place ?? null,
        addedSince: then === undefined,
        relabelled: then !== undefined && then.photo.label !== label,
      },
    ]
  })
}

interface Known {
  readonly photo: PhotoThen
  readonly role: Role
  readonly place: number | null
}

function knownPhotos({ train, val, test }: RunPhotos) {
  const all: Known[] = [
    ...train.map((photo, i) => ({ photo, role: 'trained' as const, place: i })),
    ...val.map((photo, i) => ({ photo, role: 'chose' as const, place: train.length + i })),
    ...test.map((photo) => ({ photo, role: 'unseen' as const, place: null })),
  ]
  const index = (key: (photo: PhotoThen) => string | null | undefined) => {
    const map = new Map<string, Known>()
    // What trained wins over what validated where copies stand on both sides.
    for (const known of [...all].reverse()) {
      const name = key(known.photo)
      if (name) map.set(name, known)
    }
    return map
  }
  const byHash = index(({ hash }) => hash)
  const byId = index(({ id }) => id)
  const byPath = index(({ path }) => path)
  return {
    find({ id, path, hash }: Pick<PhotoNow, 'id' | 'path' | 'hash'>): Known | undefined {
      const same = hash ? byHash.get(hash) : undefined
      if (same) return same
      const named = byId.get(id) ?? byPath.get(path)
      const changed = hash && named?.photo.hash && named.photo.hash !== hash
      return changed ? undefined : named
    },
  }
}

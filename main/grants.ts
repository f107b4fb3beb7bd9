// What the person granted by dropping or choosing: files, and folders with all that is in them. The
// window may only name such paths, so that a script in it cannot read around on the disk. Paths are
// compared by their letters after normalising; links are not followed, for a dropped link was
// dropped on purpose.
import path from 'node:path'

export interface Grants {
  /** Relative paths and paths with a NUL are left out. */
  grant(paths: readonly string[]): void
  /** Weights files that a run began with, in this session or an earlier one; each for itself alone. */
  grantWeights(files: readonly string[]): void
  /** Folders of the app's own that may be shown in the file manager, but not read from. */
  grantShowing(folders: readonly string[]): void
  mayRead(candidate: string): boolean
  /** Whether a run may begin with this weights file. */
  mayTrainFrom(candidate: string): boolean
  mayShow(candidate: string): boolean
}

interface Platform {
  readonly path: path.PlatformPath
  /** Whether two spellings that differ in case name the same file. */
  readonly foldCase: boolean
}

const thisPlatform: Platform = {
  path,
  foldCase: process.platform === 'win32' || process.platform === 'darwin',
}

export function createGrants(platform: Platform = thisPlatform): Grants {
  const granted = new Set<string>()
  const shown = new Set<string>()
  const weights = new Set<string>()

  const keyOf = (candidate: string): string | null => {
    if (candidate.includes('\0') || !platform.path.isAbsolute(candidate)) return null
    const resolved = platform.path.resolve(candidate)
    return platform.foldCase ? resolved.toLowerCase() : resolved
  }
  const addTo = (set: Set<string>, paths: readonly string[]) => {
    for (const candidate of paths) {
      const key = keyOf(candidate)
      if (key !== null) set.add(key)
    }
  }
  // Walks up to the root: a few steps a path, however many paths were granted.
  const coveredBy = (set: ReadonlySet<string>, candidate: string): boolean => {
    let key = keyOf(candidate)
    while (key !== null) {
      if (set.has(key)) return true
      const parent = platform.path.dirname(key)
      key = parent === key ? null : parent
    }
    return false
  }

  return {
    grant: (paths) => addTo(granted, paths),
    grantWeights: (files) => addTo(weights, files),
    grantShowing: (folders) => addTo(shown, folders),
    mayRead: (candidate) => coveredBy(granted, candidate),
    mayTrainFrom: (candidate) =>
      weights.has(keyOf(candidate) ?? '') || coveredBy(granted, candidate),
    mayShow: (candidate) => coveredBy(granted, candidate) || coveredBy(shown, candidate),
  }
}

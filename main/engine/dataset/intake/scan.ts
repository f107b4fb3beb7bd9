// The pictures in dropped files and folders with class and split by their folders, in one call, for the
// command line and predictions. The data room scans first and lets the person choose (layout.ts).
import type { Ignored, Layout } from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { placePictures, plainLayout, type FoundPicture } from './layout'
import { walk, type Walked } from './walk'

export interface Found {
  readonly pictures: readonly FoundPicture[]
  readonly ignored: readonly Ignored[]
}

/** @throws {Failure} file-missing and file-unreadable for a dropped path, folder-empty for no pictures */
export async function scan(paths: readonly string[]): Promise<Found> {
  return foundIn(await walk(paths), plainLayout)
}

/** @throws {Failure} folder-empty where folders were dropped and no picture is in them */
export function foundIn(walked: Walked, layout: Layout): Found {
  const { pictures, beside } = placePictures(walked, layout)
  const first = walked.folders[0]
  if (pictures.length === 0 && first) throw new Failure('folder-empty', { path: first.path })
  const ignored: Ignored[] = beside.count ? [{ reason: 'beside-splits', ...beside }] : []
  return { pictures, ignored: [...walked.ignored, ...ignored] }
}

/** Files that a person may have meant: without hidden ones, the clutter that systems leave, and what
 *  was taken in by another way. */
export const countIgnored = (ignored: readonly Ignored[]) =>
  ignored.reduce((sum, { reason, count }) => (unmeant.has(reason) ? sum : sum + count), 0)

const unmeant: ReadonlySet<Ignored['reason']> = new Set(['hidden', 'system', 'twice'])

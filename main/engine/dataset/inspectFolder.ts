// Looks at a folder-per-class data set without a project: counts, files that cannot be read, copies and
// leaks.
import { mkdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { evenBatches } from '../pictures/batches'
import { inspectPicture } from '../pictures/decode'
import { openFingerprints } from '../pictures/fingerprint'
import { openHealth } from './checks/health'
import { countIgnored, scan } from './intake/scan'
import { describeReason, type Reason } from '../../../shared/reason'

/** @param fingerprintsFile where hashes and looks of photos are remembered
 *  @throws {Failure} file-missing, file-unreadable (of the folder itself) */
export async function inspectFolder(folder: string, fingerprintsFile: string) {
  const found = await scan([folder])
  await mkdir(dirname(fingerprintsFile), { recursive: true })
  const fingerprints = await openFingerprints(fingerprintsFile)
  const names = [
    ...new Set(found.pictures.flatMap(({ className }) => (className === null ? [] : [className]))),
  ].sort()
  const pictures = found.pictures.map(({ path, className, split }) => ({
    id: path,
    path,
    name: basename(path),
    classId: className,
    split,
    excluded: false,
    reviewed: false,
    file: 'present' as const,
    problem: null as Reason | null,
    width: null as number | null,
    height: null as number | null,
    bytes: null,
    modified: null,
  }))
  for (const part of evenBatches(pictures, 8)) {
    const inspected = await Promise.all(part.map(({ path }) => inspectPicture(path)))
    part.forEach((picture, i) => Object.assign(picture, inspected[i]))
  }
  const health = await openHealth(fingerprints).find({
    classes: names.map((name) => ({ id: name, name, colour: null })),
    pictures,
  })
  await fingerprints.flush()
  const of = (kind: string) =>
    health.filter((finding) => finding.kind === kind).map((finding) => finding.pictures)
  const count = (key: 'classId' | 'split', value: string | null) =>
    pictures.filter((picture) => picture[key] === value).length
  return {
    classes: names.map((name) => ({ name, count: count('classId', name) })),
    splits: {
      train: count('split', 'train'),
      val: count('split', 'val'),
      test: count('split', 'test'),
      none: count('split', null),
    },
    unreadable: pictures.flatMap(({ path, problem }) =>
      problem === null ? [] : [{ path, reason: describeReason(problem) }],
    ),
    duplicates: of('exact-duplicate'),
    nearDuplicates: of('near-duplicate'),
    leaks: of('leak'),
    ignored: countIgnored(found.ignored),
  }
}

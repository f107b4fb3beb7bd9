// Measures which planted copies the health check finds, and which originals it mistakes for copies.
import { join } from 'node:path'
import { openFingerprints } from '../../main/engine/pictures/fingerprint'
import { openHealth } from '../../main/engine/dataset/checks/health'
import { likeness } from '../../main/engine/suggest/likeness'
import { plantDuplicates, plantKinds, type PlantKind } from './plantDuplicates'
import { featuresOf, type BackboneName } from './realSet'

export interface DuplicatesOptions {
  readonly originals: readonly string[]
  /** Empty; copies are written into it. */
  readonly folder: string
  readonly perKind: number
  readonly seed: number
  /** Null: by the perceptual hash alone. */
  readonly backbone: BackboneName | null
}
export interface DuplicatesFound {
  readonly found: Readonly<Record<PlantKind, number>>
  /** Groups of near duplicates that join pictures of different origin, by path. */
  readonly alarms: readonly (readonly string[])[]
  /** Originals grouped with a picture that is not their copy. */
  readonly falseAlarms: number
}

export async function plantedDuplicates(options: DuplicatesOptions): Promise<DuplicatesFound> {
  const { originals, folder, backbone } = options
  const planted = await plantDuplicates(options)
  const paths = [...originals, ...planted.map(({ copy }) => copy)]
  const table = backbone && (await featuresOf(paths, backbone))
  const fingerprints = await openFingerprints(join(folder, 'fingerprints.jsonl'))
  const findings = await openHealth(fingerprints).find({
    classes: [],
    pictures: paths.map((path) => ({
      id: path,
      path,
      name: path,
      classId: null,
      split: null,
      excluded: false,
      reviewed: false,
      file: 'present',
      problem: null,
      width: null,
      height: null,
      bytes: null,
      modified: null,
    })),
    ...(table ? { likeness: (a, b) => likeness(table.matrix, table.row(a)!, table.row(b)!) } : {}),
  })
  const groups = findings.flatMap(({ kind, pictures }) =>
    kind === 'exact-duplicate' || kind === 'near-duplicate' ? [{ kind, paths: pictures }] : [],
  )
  const together = (one: string, other: string, kind: PlantKind) =>
    groups.some(
      (group) =>
        (kind !== 'exact' || group.kind === 'exact-duplicate') &&
        group.paths.includes(one) &&
        group.paths.includes(other),
    )
  const originOf = new Map(planted.map(({ copy, original }) => [copy, original]))
  const alarms = groups
    .map((group) => group.paths)
    .filter((group) => new Set(group.map((path) => originOf.get(path) ?? path)).size > 1)
  return {
    found: Object.fromEntries(
      plantKinds.map((kind) => [
        kind,
        planted.filter((item) => item.kind === kind && together(item.original, item.copy, kind))
          .length,
      ]),
    ) as Record<PlantKind, number>,
    alarms,
    falseAlarms: new Set(alarms.flat().filter((path) => !originOf.has(path))).size,
  }
}

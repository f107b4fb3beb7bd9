// The findings of the health check: what each says, in English and as facts, and which repairs it
// offers. From pictures to findings; nothing is read or compared here.
import {
  hasChanged,
  type HealthFinding,
  type HealthRepair,
  type Picture,
  type PictureClass,
} from '../../../../shared/dataset'
import type { Fingerprint } from '../../pictures/fingerprint'
import { groupBy } from '../../files/groupBy'
import { describeReason, type Reason } from '../../../../shared/reason'

export interface Looked extends Fingerprint {
  readonly picture: Picture
}

/** A class below this learns badly. */
const fewPictures = 10
/** A largest class with so many times the photos of the smallest is reported. */
const imbalanced = 5
/** Largest standard deviation (of 255) that counts as one colour. */
const oneColour = 3
const smallestSide = 32
const largestSide = 12_000
const longestShape = 6
const mostNamed = 8

const ids = (group: readonly Looked[]) => group.map((item) => item.picture.id)
/** Only so many files are listed by name. */
const names = (group: readonly Looked[]) =>
  group
    .slice(0, mostNamed)
    .map((item) => item.picture.name)
    .join(', ')
export const isPlain = ({ look }: Pick<Looked, 'look'>) => look.spread <= oneColour

export const unreadable = ({ id, problem }: Picture): HealthFinding[] =>
  problem === null ? [] : [unreadableFinding(id, problem)]

export const unreadableFinding = (id: string, reason: Reason): HealthFinding => ({
  kind: 'unreadable',
  pictures: [id],
  detail: describeReason(reason),
  facts: {},
  repairs: [{ type: 'exclude', pictures: [id] }],
})

export const changed = (picture: Picture): HealthFinding[] =>
  hasChanged(picture)
    ? [
        {
          kind: 'changed',
          pictures: [picture.id],
          detail: `${picture.name} is no longer the file that was added`,
          facts: { names: picture.name },
          repairs: [
            { type: 'review', pictures: [picture.id] },
            { type: 'exclude', pictures: [picture.id] },
          ],
        },
      ]
    : []

const keepFirst = (group: readonly Looked[]): HealthRepair => ({
  type: 'exclude',
  pictures: ids(group).slice(1),
})

/** What duplicates have in common, and whether they contradict each other. */
const duplicateFacts = (group: readonly Looked[]) => ({
  count: group.length,
  classes: new Set(group.map((item) => item.picture.classId)).size,
  names: names(group),
})
const contradiction = (group: readonly Looked[]) =>
  duplicateFacts(group).classes > 1 ? ', under different classes' : ''

export const exactDuplicate = (group: readonly Looked[]): HealthFinding => ({
  kind: 'exact-duplicate',
  pictures: ids(group),
  detail: `the same file ${group.length} times${contradiction(group)}: ${names(group)}`,
  facts: duplicateFacts(group),
  repairs: [keepFirst(group)],
})

export const nearDuplicate = (group: readonly Looked[]): HealthFinding => ({
  kind: 'near-duplicate',
  pictures: ids(group),
  detail: `${group.length} photos look almost the same${contradiction(group)}: ${names(group)}`,
  facts: duplicateFacts(group),
  repairs: [keepFirst(group)],
})

/** The repairs: move all of them to the split that most are in, or exclude all but the first. */
export function leak(group: readonly Looked[]): HealthFinding[] {
  const bySplit = groupBy(
    group.filter(({ picture }) => picture.split !== null),
    ({ picture }) => picture.split!,
  ).sort((a, b) => b.length - a.length)
  if (bySplit.length < 2) return []
  const found = bySplit.map((part) => part[0]!.picture.split!).sort()
  return [
    {
      kind: 'leak',
      pictures: ids(group),
      detail: `the same photo in ${found.join(' and ')}: ${names(group)}`,
      facts: { ...duplicateFacts(group), splits: found.join(', ') },
      repairs: [
        { type: 'setSplit', pictures: ids(group), split: bySplit[0]![0]!.picture.split! },
        keepFirst(group),
      ],
    },
  ]
}

/** Of every class that has any; one whose photos were all left out is not trained. */
function perClass(classes: readonly PictureClass[], sound: readonly Picture[]) {
  const groups = new Map(
    classes.map((item) => [item.id, { name: item.name, pictures: [] as string[] }]),
  )
  for (const { classId, id } of sound) if (classId !== null) groups.get(classId)?.pictures.push(id)
  return [...groups.values()].filter(({ pictures }) => pictures.length > 0)
}

const isTiny = ({ pictures }: { readonly pictures: readonly string[] }) =>
  pictures.length < fewPictures

/** A class is left out only where two would be left to tell apart; before, more photos are wanted. */
const leaveOut = (
  { pictures }: { readonly pictures: readonly string[] },
  groups: readonly { readonly pictures: readonly string[] }[],
): HealthRepair[] =>
  groups.filter((group) => !isTiny(group)).length >= 2
    ? [{ type: 'exclude', pictures: [...pictures] }]
    : []

export function tinyClasses(
  classes: readonly PictureClass[],
  sound: readonly Picture[],
): HealthFinding[] {
  const groups = perClass(classes, sound)
  return groups.filter(isTiny).map((group) => ({
    kind: 'tiny-class',
    pictures: group.pictures,
    detail: `"${group.name}" has ${group.pictures.length} usable photo(s)`,
    facts: { name: group.name, count: group.pictures.length },
    repairs: leaveOut(group, groups),
  }))
}

/** Points at the class that drowns. One that is too small to learn from can be left out; otherwise the
 *  others can be made smaller: of each, photos that are too many, evenly from first to last. */
export function imbalance(
  classes: readonly PictureClass[],
  sound: readonly Picture[],
): HealthFinding[] {
  const groups = perClass(classes, sound).sort((a, b) => a.pictures.length - b.pictures.length)
  const [least, most] = [groups[0], groups[groups.length - 1]]
  if (!least || !most) return []
  if (most.pictures.length < imbalanced * least.pictures.length) return []
  const [few, many] = [least.pictures.length, most.pictures.length]
  const surplus = groups.flatMap(({ pictures }) => beyond(pictures, imbalanced * few - 1))
  return [
    {
      kind: 'imbalance',
      pictures: least.pictures,
      detail: `"${most.name}" has ${many} photos, "${least.name}" ${few}`,
      facts: { name: least.name, count: few, largest: most.name, largestCount: many },
      repairs: isTiny(least) ? leaveOut(least, groups) : [{ type: 'exclude', pictures: surplus }],
    },
  ]
}

/** The items to leave out when `most` of a list are kept, evenly spaced. */
function beyond(list: readonly string[], most: number): string[] {
  if (list.length <= most) return []
  const kept = new Set(Array.from({ length: most }, (_, i) => Math.floor((i * list.length) / most)))
  return list.filter((_, at) => !kept.has(at))
}

export const singleColour = (item: Looked): HealthFinding[] =>
  isPlain(item)
    ? [
        {
          kind: 'single-colour',
          pictures: [item.picture.id],
          detail: `${item.picture.name} shows one colour only`,
          facts: { names: item.picture.name },
          repairs: [{ type: 'exclude', pictures: [item.picture.id] }],
        },
      ]
    : []

export function extremeSize({ id, width, height }: Picture): HealthFinding[] {
  if (width === null || height === null) return []
  const [short, long] = width < height ? [width, height] : [height, width]
  if (short >= smallestSide && long <= largestSide && long / short <= longestShape) return []
  return [
    {
      kind: 'extreme-size',
      pictures: [id],
      detail: `${width} x ${height} pixels`,
      facts: { width, height },
      repairs: [{ type: 'exclude', pictures: [id] }],
    },
  ]
}

export function unlabelled(sound: readonly Picture[]): HealthFinding[] {
  const found = sound.filter((picture) => picture.classId === null).map((picture) => picture.id)
  return found.length
    ? [
        {
          kind: 'unlabelled',
          pictures: found,
          detail: `${found.length} photo(s) without a class`,
          facts: { count: found.length },
          repairs: [],
        },
      ]
    : []
}

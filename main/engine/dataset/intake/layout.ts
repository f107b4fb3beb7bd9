// From a tree of folders to a class and a split for each picture, in one of the usual layouts of data
// sets. Pure: trying several layouts never reads the disk again.
import { sep } from 'node:path'
import type { Layout, LayoutChoice, Split } from '../../../../shared/dataset'
import { sameClassName } from '../labels/rules'
import type { Tree, Walked } from './walk'

export interface FoundPicture {
  readonly path: string
  /** Null: unlabelled, because no folder names a class. */
  readonly className: string | null
  readonly split: Split | null
}
export interface Placed {
  readonly pictures: readonly FoundPicture[]
  /** Pictures in folders beside train, val and test, which belong to neither. */
  readonly beside: { readonly count: number; readonly example: string }
  /** Whether there are train, val and test folders. */
  readonly hasSplits: boolean
  /** Most folders between the place where classes begin and a picture. */
  readonly depth: number
}

/** As every folder-per-class loader reads it. */
export const plainLayout: Layout = { classes: 'top', splits: true }
const mostClasses = 200

const splitNames: ReadonlyMap<string, Split> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['test', 'test'],
  ['testing', 'test'],
])

/** Each picture once. Sub-folders train/val/test are splits, the folders in them (or in the dropped
 *  folder) classes. A flat folder is unlabelled when dropped alone, and a class beside others. */
export function placePictures({ pictures, folders }: Walked, layout: Layout): Placed {
  const placed = new Map<string, FoundPicture>()
  const beside = { count: 0, example: '' }
  let hasSplits = false
  let depth = 0

  const put = (path: string, names: readonly string[], split: Split | null) => {
    depth = Math.max(depth, names.length)
    if (placed.has(path)) return
    const className = classOf(names, layout)
    placed.set(path, { path, className, split: layout.splits ? split : null })
  }
  const putTree = (folder: Tree, names: readonly string[], split: Split | null): void => {
    const start = folder.path.endsWith(sep) ? folder.path : folder.path + sep
    for (const name of folder.pictures) put(start + name, names, split)
    for (const inside of folder.folders) putTree(inside, [...names, inside.name], split)
  }
  const putDropped = (folder: Tree): void => {
    const holding = folder.folders.filter((inside) => inside.count > 0)
    const only = holding.length === 1 && folder.pictures.length === 0 ? holding[0] : undefined
    if (holdsSplits(holding)) {
      hasSplits = true
      putTree({ ...folder, folders: [] }, [], null)
      for (const inside of holding) {
        const split = splitOf(inside)
        if (split) putTree(inside, [], split)
        else {
          beside.count += inside.count
          beside.example ||= inside.path
        }
      }
    } else if (only?.folders.some((inside) => inside.count > 0)) {
      // An unpacked archive often holds one folder that holds the rest.
      putDropped(only)
    } else if (holding.length > 0) {
      putTree(folder, [], splitOf(folder))
    } else {
      putTree(folder, folders.length > 1 ? [folder.name] : [], null)
    }
  }

  for (const path of pictures) put(path, [], null)
  for (const folder of folders) putDropped(folder)
  return { pictures: [...placed.values()], beside, hasSplits, depth }
}

export interface Choices {
  /** The suggested one first; those that would give the same as one before are left out. */
  readonly choices: readonly [LayoutChoice, ...LayoutChoice[]]
  readonly nested: boolean
}

export function layoutChoices(walked: Walked): Choices {
  const plain = placePictures(walked, plainLayout)
  const total = plain.pictures.length
  const top = choiceOf(plainLayout, plain.pictures)
  const choices: LayoutChoice[] = []
  if (plain.depth > 1) {
    const [inner, path] = (['inner', 'path'] as const).map((classes) => {
      const layout: Layout = { classes, splits: true }
      return choiceOf(layout, placePictures(walked, layout).pictures)
    })
    choices.push(inner!)
    // The same classes under longer names are no choice.
    if (path!.classCount !== inner!.classCount) choices.push(path!)
  }
  if (plain.hasSplits) {
    const splits = { train: 0, val: 0, test: 0, none: total }
    choices.push({ ...top, layout: { classes: 'top', splits: false }, splits })
  }
  if (top.classCount > 0) {
    const layout: Layout = { classes: 'none', splits: true }
    choices.push({ ...top, layout, classes: [], classCount: 0, unlabelled: total })
  }
  const inner = choices[0]
  const suggestInner =
    plain.depth > 1 && top.classCount === 1 && inner !== undefined && inner.classCount > 1
  return {
    choices: suggestInner ? [inner, top, ...choices.slice(1)] : [top, ...choices],
    nested: plain.depth > 1,
  }
}

function choiceOf(layout: Layout, pictures: readonly FoundPicture[]): LayoutChoice {
  const counts = new Map<string | null, number>()
  const splits = { train: 0, val: 0, test: 0, none: 0 }
  for (const { className, split } of pictures) {
    splits[split ?? 'none']++
    counts.set(className, (counts.get(className) ?? 0) + 1)
  }
  const unlabelled = counts.get(null) ?? 0
  const classes = new Map<string, { name: string; count: number }>()
  for (const [name, count] of counts) {
    if (name === null) continue
    const key = sameClassName(name)
    classes.set(key, { name, ...classes.get(key), count: count + (classes.get(key)?.count ?? 0) })
  }
  const largest = [...classes.values()].sort((a, b) => b.count - a.count).slice(0, mostClasses)
  return { layout, classes: largest, classCount: classes.size, unlabelled, splits }
}

function classOf(names: readonly string[], { classes }: Layout): string | null {
  switch (classes) {
    case 'top':
      return names[0] ?? null
    case 'inner':
      return names[names.length - 1] ?? null
    case 'path':
      return names.join('/') || null
    case 'none':
      return null
  }
}

const splitOf = (folder: Tree) => splitNames.get(folder.name.toLowerCase()) ?? null

/** Some folders lie beside train and val in published sets (annotations, say): a train folder with
 *  a val or test folder is enough; one alone counts when there is nothing else. */
function holdsSplits(folders: readonly Tree[]) {
  const known = folders.map(splitOf)
  if (!known.includes('train')) return false
  return known.includes('val') || known.includes('test') || known.every(Boolean)
}

// Plans the import of labels from a file: which picture each row means, and what would change. A row
// means the file at its path (relative to `root`); where there is none, the only picture of the set
// whose path ends in it. Only files below `root` are looked for and added: the person chose it, or the label
// file in it; what else a label file names, nobody granted. Nothing is changed here.
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import type { LabelImport, PictureSettings, Split } from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { readFailure } from '../../files/fileFailures'
import { reason } from '../../../../shared/reason'
import { checkLabelFileSize, readLabelRows, type LabelRow, type Problem } from './labelFiles'
import type { StoredPicture } from '../labels/edits'
import { sameClassName } from '../labels/rules'
import { inParallel } from '../../files/parallel'
import { isPictureName } from './walk'

export interface ImportInput {
  readonly path: string
  readonly root: string | null
  readonly pictures: readonly StoredPicture[]
}
/** The changes, with classes by their names. */
export interface ImportPlan {
  readonly summary: LabelImport
  readonly relabel: readonly {
    readonly id: string
    readonly className: string | null
    readonly to: Omit<PictureSettings, 'classId'>
  }[]
  readonly add: readonly {
    readonly path: string
    readonly className: string | null
    readonly split: Split | null
  }[]
}

const atOnce = 32
const problemsTold = 10

/** @throws {Failure} file-missing, file-unreadable, bad-input */
export async function planImport({ path, root, pictures }: ImportInput): Promise<ImportPlan> {
  const { format, rows, problems } = readLabelRows(path, await textOf(path))
  const from = root ?? dirname(path)
  const byPath = new Map(pictures.map((picture) => [picture.path, picture]))
  const byName = new Map<string, StoredPicture[]>()
  for (const picture of pictures) {
    const name = basename(picture.path)
    const same = byName.get(name)
    if (same) same.push(picture)
    else byName.set(name, [picture])
  }
  const endingIn = (path: string) => {
    const wanted = `/${path.replace(/\\/g, '/').replace(/^(\.?\/)+/, '')}`
    const found = (byName.get(wanted.slice(wanted.lastIndexOf('/') + 1)) ?? []).filter((picture) =>
      picture.path.replace(/\\/g, '/').endsWith(wanted),
    )
    return found.length === 1 ? found[0] : undefined
  }

  const relabel: ImportPlan['relabel'][number][] = []
  const add: ImportPlan['add'][number][] = []
  const places: (string | null)[] = []
  await inParallel([...rows.keys()], atOnce, async (i) => {
    const path = placeOf(rows[i]!.path, from)
    // Nothing outside is even looked at: on Windows that would call another computer.
    if (byPath.has(path) || !isBelow(from, path)) return
    const found = isPictureName(path) ? await stat(path).catch(() => null) : null
    places[i] = found?.isFile() ? path : null
  })
  const outside: Problem[] = []
  let missing = 0
  rows.forEach((row, i) => {
    const className = row.labels[0] ?? null
    const there = places[i] ?? null
    const picture = byPath.get(placeOf(row.path, from)) ?? (there ? undefined : endingIn(row.path))
    if (picture) relabel.push({ id: picture.id, className, to: marksOf(row) })
    else if (there) add.push({ path: there, className, split: row.split })
    else {
      missing++
      if (!isBelow(from, placeOf(row.path, from)))
        outside.push({ line: row.line, reason: reason('outside-folder') })
    }
  })
  const summary: LabelImport = {
    format,
    rows: rows.length,
    relabelled: relabel.length,
    added: add.length,
    missing,
    several: rows.filter(({ labels }) => labels.length > 1).length,
    classes: countClasses([...relabel, ...add]),
    problems: [...problems, ...outside]
      .sort((a, b) => a.line - b.line)
      .slice(0, problemsTold)
      .map((problem) => ({ ...problem })),
  }
  return { summary, relabel, add }
}

const placeOf = (path: string, from: string) =>
  isAbsolute(path) ? resolve(path) : resolve(from, path.replace(/\\/g, '/'))

/** Whether `path` lies in `folder`, by its letters. */
function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** The settings that the row gives. */
function marksOf({ split, excluded, reviewed }: LabelRow): Omit<PictureSettings, 'classId'> {
  return {
    ...(split === null ? {} : { split }),
    ...(excluded === null ? {} : { excluded }),
    ...(reviewed === null ? {} : { reviewed }),
  }
}

function countClasses(labelled: readonly { readonly className: string | null }[]) {
  const counts = new Map<string, { name: string; count: number }>()
  for (const { className } of labelled) {
    if (className === null) continue
    const key = sameClassName(className)
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { name: className, count: 1 })
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)
}

/** @throws {Failure} file-missing, file-unreadable, bad-input */
async function textOf(path: string) {
  try {
    checkLabelFileSize((await stat(path)).size)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Failure) throw error
    throw readFailure(path, error)
  }
}

// Labels out of the files of other programs: CSV with a path and a label a line, and the parts of
// COCO JSON (Lin et al. 2014) that classify whole pictures. Pure: from text to rows.
import { CsvError, parse } from 'csv-parse/sync'
import { extname } from 'node:path'
import type { Split } from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { reason, type Reason } from '../../../../shared/reason'

export interface LabelRow {
  /** Of the first line, or in COCO the first image or annotation, that names it; from 1 on. */
  readonly line: number
  /** As it stands in the file. */
  readonly path: string
  /** In order of frequency, then of appearance; none: the row says nothing of the class. */
  readonly labels: readonly string[]
  readonly split: Split | null
  readonly excluded: boolean | null
  readonly reviewed: boolean | null
}
export interface Problem {
  readonly line: number
  readonly reason: Reason
}
export interface LabelRows {
  readonly format: 'csv' | 'coco'
  readonly rows: readonly LabelRow[]
  readonly problems: readonly Problem[]
}

/** Labels of 60,000 photos take about 6 MB; what is parsed of a file takes several times its size. */
const maxFileBytes = 32e6

/** @throws {Failure} bad-input */
export function checkLabelFileSize(bytes: number) {
  if (bytes <= maxFileBytes) return
  const megabytes = Math.ceil(bytes / 1e6)
  throw new Failure('bad-input', {
    reason: reason('label-file-large', { size: megabytes, limit: maxFileBytes / 1e6 }),
  })
}

/** Throws 'bad-input' when it is neither. */
export function readLabelRows(path: string, text: string): LabelRows {
  const clean = text.replace(/^\uFEFF/, '')
  return extname(path).toLowerCase() === '.json' || /^\s*\{/.test(clean)
    ? cocoRows(clean)
    : csvRows(clean)
}

const columnNames = {
  path: ['path', 'file', 'filename', 'file_name', 'filepath', 'image', 'image_path', 'img', 'id'],
  label: ['label', 'class', 'category', 'classname', 'class_name', 'target', 'species', 'y'],
  split: ['split', 'set', 'subset', 'partition', 'fold'],
  excluded: ['excluded'],
  reviewed: ['reviewed'],
} as const
type Column = keyof typeof columnNames

function csvRows(text: string): LabelRows {
  const lines = [...csvLines(text, separatorOf(text))]
  const columns = columnsOf(lines[0]?.fields ?? [])
  const merged = new Merged()
  const problems: { line: number; reason: Reason }[] = []
  for (const { fields, line } of columns.named ? lines.slice(1) : lines) {
    const at = (column: Column) => fields[columns.places[column] ?? -1]?.trim() ?? ''
    const path = at('path')
    if (fields.length === 1 && path === '') continue
    if (path === '') problems.push({ line, reason: reason('no-path') })
    else if (columns.places.label !== undefined && fields.length <= columns.places.label)
      problems.push({ line, reason: reason('no-label') })
    else
      merged.add(path, at('label'), {
        line,
        split: splitOf(at('split')),
        excluded: truth(at('excluded')),
        reviewed: truth(at('reviewed')),
      })
  }
  if (merged.size === 0) throw new Failure('bad-input', { reason: reason('label-file-empty') })
  return { format: 'csv', rows: merged.rows(), problems }
}

/** Where each column is; without names on top the first is the path and the second the label. */
function columnsOf(first: readonly string[]) {
  const names = first.map((name) => name.trim().toLowerCase())
  const places: Partial<Record<Column, number>> = {}
  for (const column of Object.keys(columnNames) as Column[]) {
    const known = columnNames[column].map((name) => names.indexOf(name)).find((at) => at >= 0)
    if (known !== undefined) places[column] = known
  }
  return places.path !== undefined && places.label !== undefined
    ? { named: true, places }
    : { named: false, places: { path: 0, label: 1 } as Partial<Record<Column, number>> }
}

const separatorOf = (text: string) => {
  const line = text.slice(0, 10_000).split(/\r?\n/, 1)[0]!
  const counts = [',', '\t', ';'].map((mark) => ({ mark, count: line.split(mark).length }))
  return counts.reduce((best, each) => (each.count > best.count ? each : best)).mark
}

/** The fields of each line and the number of the line that it starts at; quoted fields may hold line
 *  breaks. @throws {Failure} bad-input */
function* csvLines(text: string, separator: string) {
  let line = 1
  for (const fields of recordsOf(text, separator)) {
    yield { fields, line }
    line += fields.join().split('\n').length
  }
}

function recordsOf(text: string, separator: string): string[][] {
  try {
    return parse(text, {
      delimiter: separator,
      record_delimiter: ['\r\n', '\n'],
      relax_quotes: true,
      relax_column_count: true,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new Failure('bad-input', { reason: reason('no-csv', { error: error.message }) })
  }
}

function cocoRows(text: string): LabelRows {
  const { images, categories, annotations } = cocoOf(text)
  const names = new Map(categories.map(({ id, name }) => [id, name]))
  const paths = new Map(images.map(({ id, file_name: path }) => [id, path]))
  const merged = new Merged()
  const problems: { line: number; reason: Reason }[] = []
  let line = 0
  for (const path of paths.values()) merged.add(path, '', { ...noMarks, line: ++line })
  annotations.forEach(({ image_id: image, category_id: category }, i) => {
    const path = paths.get(image)
    const name = names.get(category)
    if (path === undefined) problems.push({ line: i + 1, reason: reason('image-unlisted') })
    else if (!name) problems.push({ line: i + 1, reason: reason('category-unlisted') })
    else merged.add(path, name)
  })
  return { format: 'coco', rows: merged.rows(), problems }
}

interface Coco {
  readonly images: readonly { readonly id: unknown; readonly file_name: string }[]
  readonly categories: readonly { readonly id: unknown; readonly name: string }[]
  readonly annotations: readonly { readonly image_id: unknown; readonly category_id: unknown }[]
}

function cocoOf(text: string): Coco {
  let coco: Partial<Coco> | null = null
  try {
    coco = JSON.parse(text) as Partial<Coco> | null
  } catch {
    throw new Failure('bad-input', { reason: reason('no-json') })
  }
  const { images, categories, annotations } = coco ?? {}
  const isList = Array.isArray(images) && Array.isArray(categories) && Array.isArray(annotations)
  if (!isList || images.some((image) => typeof image?.file_name !== 'string'))
    throw new Failure('bad-input', {
      reason: reason('no-coco'),
    })
  return { images, categories, annotations }
}

type Marks = Pick<LabelRow, 'line' | 'split' | 'excluded' | 'reviewed'>
const noMarks: Marks = { line: 0, split: null, excluded: null, reviewed: null }

/** Lines of one path together, in order of first appearance. */
class Merged {
  private readonly paths = new Map<string, { counts: Map<string, number>; marks: Marks }>()
  get size() {
    return this.paths.size
  }
  add(path: string, label: string, marks: Marks = noMarks) {
    const known = this.paths.get(path) ?? { counts: new Map<string, number>(), marks }
    this.paths.set(path, known)
    if (label) known.counts.set(label, (known.counts.get(label) ?? 0) + 1)
  }
  rows(): LabelRow[] {
    return [...this.paths].map(([path, { counts, marks }]) => ({
      path,
      labels: [...counts].sort((a, b) => b[1] - a[1]).map(([label]) => label),
      ...marks,
    }))
  }
}

const splitWords: Readonly<Record<string, Split>> = {
  train: 'train',
  training: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
  testing: 'test',
}
const splitOf = (word: string): Split | null => splitWords[word.toLowerCase()] ?? null
const truth = (word: string) =>
  /^(1|true|yes)$/i.test(word) ? true : /^(0|false|no)$/i.test(word) ? false : null

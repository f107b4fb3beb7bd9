// What the data room knows: classes, pictures and what is wrong with them. The engine keeps it (one
// append-only journal a project); the window holds a copy. A snapshot carries no pictures: those are
// fetched page by page (dataset.pictures) and kept up to date by dataset.changed, packed in columns.
import { z } from 'zod'
import { Reason } from './reason'

export const splits = ['train', 'val', 'test'] as const
export const Split = z.enum(splits)
export type Split = z.infer<typeof Split>

export const PictureId = z.string().regex(/^[a-z0-9]{1,16}$/)
export const ClassId = z.string().regex(/^[a-z0-9]{1,16}$/)

/** `missing`: not there when it was last looked for. `changed`: its content is no longer what was
 *  added (see `hasChanged`). */
export const fileStates = ['present', 'missing', 'changed'] as const
export const FileState = z.enum(fileStates)
export type FileState = z.infer<typeof FileState>

/** `problem` is why the file cannot be used ; null once it has been read well.
 *  `split` null: chosen by the engine when training (seeded, stratified). Width and height (pixels,
 *  upright), `bytes` and `modified` (milliseconds since 1970) are null until the file was read. */
export const Picture = z.object({
  id: PictureId,
  path: z.string(),
  /** The file's name, composed (NFC). */
  name: z.string(),
  classId: ClassId.nullable(),
  split: Split.nullable(),
  excluded: z.boolean(),
  reviewed: z.boolean(),
  file: FileState,
  problem: Reason.nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  bytes: z.number().nullable(),
  modified: z.number().nullable(),
})
export type Picture = z.infer<typeof Picture>

/** Its file holds something else than when it was added or last reviewed. Content that changes ends a
 *  review, and reviewing it again settles the matter. */
export const hasChanged = ({ file, reviewed }: Pick<Picture, 'file' | 'reviewed'>) =>
  file === 'changed' && !reviewed

/** Many pictures in few values, for borders that tens of thousands of objects would hold up (packed
 *  and unpacked by pictureColumns.ts). All arrays are parallel to the ids. 0 in width, height, bytes and
 *  modified stands for null. */
export const PictureColumns = z.object({
  count: z.number(),
  /** Joined by "/", which no id and no file name holds. */
  ids: z.string(),
  files: z.string(),
  /** Each with its last separator: folder + file is the path. */
  folders: z.array(z.string()),
  classIds: z.array(z.string()),
  /** Place in `folders`. */
  folder: z.instanceof(Uint32Array),
  /** Place in `classIds`, -1 for none. */
  class: z.instanceof(Int32Array),
  /** Bits 0-1 the split (0 none), 2 excluded, 3 reviewed, 4-5 the state of the file. */
  flags: z.instanceof(Uint8Array),
  width: z.instanceof(Uint32Array),
  height: z.instanceof(Uint32Array),
  bytes: z.instanceof(Float64Array),
  modified: z.instanceof(Float64Array),
  problems: z.array(z.object({ at: z.number(), problem: Reason })),
})
export type PictureColumns = z.infer<typeof PictureColumns>

/** `colour` is a place in the palette (the interface owns the colours); null: by position. Without
 *  `locked` the class is not locked. */
export const PictureClass = z.object({
  id: ClassId,
  name: z.string().min(1).max(200),
  colour: z.number().int().min(0).max(11).nullable(),
  locked: z.boolean().optional(),
})
export type PictureClass = z.infer<typeof PictureClass>

/** What a person decides about a picture; what is left out stays as it is. */
export const PictureSettings = Picture.pick({
  classId: true,
  split: true,
  excluded: true,
  reviewed: true,
}).partial()
export type PictureSettings = z.infer<typeof PictureSettings>

/** The same settings for many pictures. */
export const SettingGroup = z.object({
  pictures: z.array(PictureId).max(1_000_000),
  to: PictureSettings,
})
export type SettingGroup = z.infer<typeof SettingGroup>

/** Ids of pictures in one string (pictureSettings.ts), joined by "/", which no id holds. */
export const PackedIds = z.string().regex(/^[a-z0-9/]*$/)
export const PackedGroup = z.object({ ids: PackedIds, to: PictureSettings })
export type PackedGroup = z.infer<typeof PackedGroup>

/** How pictures without a split are given one: `val` and `test` are parts of each class, 0 to 0.9
 *  together. Pictures of one folder, or of one burst (IMG_0041, IMG_0042: one folder and one name
 *  before the last number), stay on one side when `by` says so; equal files always do. */
export const SplitPolicy = z.object({
  seed: z.number().int().min(0).max(0xffffffff),
  val: z.number().min(0).max(0.9),
  test: z.number().min(0).max(0.9),
  by: z.enum(['picture', 'folder', 'burst']),
})
export type SplitPolicy = z.infer<typeof SplitPolicy>

const count = z.number().int().min(0)

/** Of one class, of the unlabelled, or of all. `usable`: labelled, sound, not left out; `splits`
 *  counts the usable ones, `none` those that have no split yet. */
export const PictureCounts = z.object({
  total: count,
  usable: count,
  excluded: count,
  reviewed: count,
  problems: count,
  missing: count,
  splits: z.object({ train: count, val: count, test: count, none: count }),
})
export type PictureCounts = z.infer<typeof PictureCounts>

/** `classes` is parallel to the snapshot's or change's classes. */
export const DatasetCounts = z.object({
  all: PictureCounts,
  unlabelled: PictureCounts,
  classes: z.array(PictureCounts),
})
export type DatasetCounts = z.infer<typeof DatasetCounts>

/** Everything but the pictures. */
const state = {
  revision: z.number(),
  classes: z.array(PictureClass),
  counts: DatasetCounts,
  /** Null until splits were drawn once; training draws a validation part of its own then. */
  splits: SplitPolicy.nullable(),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
}

export const DatasetSnapshot = z.object({
  projectId: z.string(),
  projectName: z.string(),
  ...state,
})
export type DatasetSnapshot = z.infer<typeof DatasetSnapshot>

/** The difference from the revision before, in this order: pictures removed (by id), settings of
 *  those that stay, and pictures new or otherwise changed as a whole (at most `picturesAtOnce`;
 *  more are told in several changes). */
export const DatasetChange = z.object({
  ...state,
  removed: z.array(PictureId),
  set: z.array(PackedGroup),
  pictures: PictureColumns,
})
export type DatasetChange = z.infer<typeof DatasetChange>

/** A change that would mend a finding, made by an edit of the pictures' settings, so that it can be
 *  undone. Repairs of a finding are alternatives, the best first. */
export const HealthRepair = z.discriminatedUnion('type', [
  z.object({ type: z.literal('exclude'), pictures: z.array(PictureId) }),
  z.object({ type: z.literal('label'), pictures: z.array(PictureId), classId: ClassId }),
  z.object({ type: z.literal('setSplit'), pictures: z.array(PictureId), split: Split }),
  z.object({ type: z.literal('review'), pictures: z.array(PictureId) }),
])
export type HealthRepair = z.infer<typeof HealthRepair>

/** `changed`: its file holds something else than when it was added; `near-duplicate`: pictures that look the
 *  same without being the same file; `leak`: the same or nearly the same picture in more than one split;
 *  `mislabel`: one picture a finding, the most suspect first. */
export const healthKinds = [
  'unreadable',
  'changed',
  'exact-duplicate',
  'near-duplicate',
  'leak',
  'mislabel',
  'tiny-class',
  'imbalance',
  'extreme-size',
  'single-colour',
  'unlabelled',
] as const
/** Pictures `from`, `from` + 1, ... in order of adding, as they are at `revision`. To load a data
 *  set: keep the changes that arrive, ask for pages until `from` reaches `total`, then apply what
 *  was kept, in order; when one of those removed pictures, begin again. */
export const PicturePage = z.object({
  revision: z.number(),
  from: count,
  total: count,
  pictures: PictureColumns,
})
export type PicturePage = z.infer<typeof PicturePage>
export const picturesAtOnce = 4000

export const HealthFinding = z.object({
  kind: z.enum(healthKinds),
  pictures: z.array(PictureId),
  /** In English, for a terminal. */
  detail: z.string(),
  /** The same as values that a translation can name, each where it applies: `count`,
   *  `names` (of the first files), `classes` (how many the duplicates are under), `splits`, `name`
   *  (of a class), `largest` and `largestCount` (imbalance), `width`, `height`, `given` and
   *  `suggested` (names of classes), `confidence` (0 to 1). */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  repairs: z.array(HealthRepair),
})
export type HealthFinding = z.infer<typeof HealthFinding>

/** What a check found, and how far it could look: files that are still being read say nothing yet. */
export const HealthReport = z.object({
  findings: z.array(HealthFinding),
  /** Photos that were read, of those that are not left out. */
  read: z.number(),
  total: z.number(),
})
export type HealthReport = z.infer<typeof HealthReport>

/** What a folder's place says about a picture: `top` the first folder is the class, `inner` the
 *  last one, `path` all of them joined by "/", `none` nothing. `splits`: folders called train, val
 *  and test (and their like) at the top are splits; they are never classes. */
export const Layout = z.object({
  classes: z.enum(['top', 'inner', 'path', 'none']),
  splits: z.boolean(),
})
export type Layout = z.infer<typeof Layout>

export const ignoredReasons = [
  'hidden',
  'system',
  'not-a-picture',
  'unsupported',
  'beside-splits',
  'unreadable',
  'name',
  'twice',
] as const
/** `system`: Thumbs.db, desktop.ini, __MACOSX and what is in it. `unsupported`: pictures of a kind
 *  that cannot be read (raw). `name`: its bytes are no UTF-8. `example` is one path of them. */
export const Ignored = z.object({
  reason: z.enum(ignoredReasons),
  count,
  example: z.string(),
})
export type Ignored = z.infer<typeof Ignored>

/** What adding with this layout would give. `classes` holds the largest 200 of `classCount`. */
export const LayoutChoice = z.object({
  layout: Layout,
  classes: z.array(z.object({ name: z.string(), count })),
  classCount: count,
  unlabelled: count,
  splits: z.object({ train: count, val: count, test: count, none: count }),
})
export type LayoutChoice = z.infer<typeof LayoutChoice>

/** What dropped paths hold; nothing is added by looking. The first choice is the suggested one;
 *  `nested` when folders lie so deep that a person should choose. `labelFiles` are CSV and JSON
 *  files that look like labels. */
export const ScanResult = z.object({
  pictures: count,
  already: count,
  choices: z.array(LayoutChoice).min(1),
  nested: z.boolean(),
  ignored: z.array(Ignored),
  labelFiles: z.array(z.string()),
})
export type ScanResult = z.infer<typeof ScanResult>

/** Answered once the pictures are in; they are read afterwards (dataset.progress), and what turns
 *  out to be unreadable has a `problem` then. */
export const IntakeResult = z.object({
  added: count,
  already: count,
  ignored: z.array(Ignored),
})
export type IntakeResult = z.infer<typeof IntakeResult>

/** Labels read from a file: CSV with a path and a label a line, or COCO JSON. `relabelled` are
 *  pictures of the set, `added` come in by it, `missing` are rows whose file is nowhere. `several`
 *  are pictures with more than one label, of which the most frequent (then the first) is taken. */
export const LabelImport = z.object({
  format: z.enum(['csv', 'coco']),
  rows: count,
  relabelled: count,
  added: count,
  missing: count,
  several: count,
  classes: z.array(z.object({ name: z.string(), count })),
  /** The first ten lines that were passed over. */
  problems: z.array(z.object({ line: count, reason: Reason })),
})
export type LabelImport = z.infer<typeof LabelImport>

export const ExportedFolders = z.object({
  folder: z.string(),
  pictures: count,
  /** A system that refuses symbolic links gives hard links. */
  as: z.enum(['copies', 'symbolic-links', 'hard-links']),
  skipped: z.array(z.object({ path: z.string(), reason: Reason })),
})
export type ExportedFolders = z.infer<typeof ExportedFolders>

/** Where missing pictures were: the highest folder that is gone, or the folder they are gone from. */
export const MissingFolder = z.object({ folder: z.string(), count })
export type MissingFolder = z.infer<typeof MissingFolder>

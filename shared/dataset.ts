// What the data room knows: classes, pictures and what is wrong with them. The engine keeps it (one
// append-only journal a project); the window holds a copy that dataset.changed keeps up to date.
import { z } from 'zod'

export const splits = ['train', 'val', 'test'] as const
export const Split = z.enum(splits)
export type Split = z.infer<typeof Split>

export const PictureId = z.string().regex(/^[a-z0-9]{1,16}$/)
export const ClassId = z.string().regex(/^[a-z0-9]{1,16}$/)

export const PictureClass = z.object({ id: ClassId, name: z.string().min(1).max(200) })
export type PictureClass = z.infer<typeof PictureClass>

/** `problem` is why the file cannot be used (shown as it is); null once it has been read well.
 *  `split` null: chosen by the engine when training (seeded, stratified). */
export const Picture = z.object({
  id: PictureId,
  path: z.string(),
  name: z.string(),
  classId: ClassId.nullable(),
  split: Split.nullable(),
  excluded: z.boolean(),
  problem: z.string().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
})
export type Picture = z.infer<typeof Picture>

export const DatasetSnapshot = z.object({
  projectId: z.string(),
  projectName: z.string(),
  revision: z.number(),
  classes: z.array(PictureClass),
  pictures: z.array(Picture),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
})
export type DatasetSnapshot = z.infer<typeof DatasetSnapshot>

/** The difference from the revision before: changed or new pictures whole, removed ones by id. */
export const DatasetChange = z.object({
  revision: z.number(),
  classes: z.array(PictureClass),
  pictures: z.array(Picture),
  removed: z.array(PictureId),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
})
export type DatasetChange = z.infer<typeof DatasetChange>

/** A change that would mend a finding; made by the dataset call that is named alike (exclude, label,
 *  setSplit), so that it can be undone. Repairs of a finding are alternatives, the best first. */
export const HealthRepair = z.discriminatedUnion('type', [
  z.object({ type: z.literal('exclude'), pictures: z.array(PictureId) }),
  z.object({ type: z.literal('label'), pictures: z.array(PictureId), classId: ClassId }),
  z.object({ type: z.literal('setSplit'), pictures: z.array(PictureId), split: Split }),
])
export type HealthRepair = z.infer<typeof HealthRepair>

/** `near-duplicate` holds pictures that look the same without being the same file; `leak`: the same
 *  or nearly the same picture in more than one split; `mislabel`: one picture a finding, the most
 *  suspect first. */
export const healthKinds = [
  'unreadable',
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

export const HealthFinding = z.object({
  kind: z.enum(healthKinds),
  pictures: z.array(PictureId),
  /** In English, for a terminal. */
  detail: z.string(),
  /** The same as values that a translation can name, each where it applies: `reason`, `count`,
   *  `names` (of the first files), `classes` (how many the duplicates are under), `splits`, `name`
   *  (of a class), `largest` and `largestCount` (imbalance), `width`, `height`, `given` and
   *  `suggested` (names of classes), `confidence` (0 to 1). */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  repairs: z.array(HealthRepair),
})
export type HealthFinding = z.infer<typeof HealthFinding>

export const IntakeResult = z.object({
  added: z.number(),
  already: z.number(),
  ignored: z.number(),
  unreadable: z.array(z.object({ path: z.string(), reason: z.string() })),
})
export type IntakeResult = z.infer<typeof IntakeResult>

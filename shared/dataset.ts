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

export const HealthFinding = z.object({
  kind: z.enum([
    'unreadable',
    'exact-duplicate',
    'near-duplicate',
    'leak',
    'tiny-class',
    'extreme-size',
    'unlabelled',
  ]),
  pictures: z.array(PictureId),
  detail: z.string(),
})
export type HealthFinding = z.infer<typeof HealthFinding>

export const IntakeResult = z.object({
  added: z.number(),
  already: z.number(),
  ignored: z.number(),
  unreadable: z.array(z.object({ path: z.string(), reason: z.string() })),
})
export type IntakeResult = z.infer<typeof IntakeResult>

// What a person can ask to change in a data set: one value for each kind, asked for with the one call
// `dataset.edit`. Except for undo and redo each is one step to undo. Ids of pictures cross packed, for
// ten thousand strings would hold up every border that they cross. The engine's rules, its journal and
// the window are functions of this union; a new kind gets its rule in main/engine/dataset/labels/rules.ts.
import { z } from 'zod'
import { ClassId, PackedGroup, PackedIds, PictureClass, SplitPolicy } from './dataset'
import { unpackGroups, unpackIds } from './pictureSettings'

const classIds = z.array(ClassId).max(100_000).readonly()
const className = PictureClass.shape.name.transform((name) => name.trim() || name)

export const Edit = z.discriminatedUnion('type', [
  /** Settings of pictures; the last group that names a picture wins. */
  z.object({
    type: z.literal('set'),
    groups: z.array(PackedGroup).max(100_000).transform(unpackGroups),
  }),
  /** Takes pictures out of the set; their files stay as they are. */
  z.object({ type: z.literal('forget'), pictures: PackedIds.transform(unpackIds) }),
  /** `id` is a new one, drawn by whoever asks. */
  z.object({ type: z.literal('addClass'), id: ClassId, name: className }),
  z.object({ type: z.literal('renameClass'), id: ClassId, name: className }),
  z.object({
    type: z.literal('colourClasses'),
    ids: classIds,
    colour: PictureClass.shape.colour,
  }),
  /** Classes that are not named come after the others, in the order that they had. */
  z.object({ type: z.literal('orderClasses'), ids: classIds }),
  /** A locked class keeps its name and its pictures until it is unlocked. */
  z.object({ type: z.literal('lockClass'), ids: classIds, locked: z.boolean() }),
  /** `mergeInto` may be among the classes, and then stays; with null the pictures are left without a
   *  class. */
  z.object({
    type: z.literal('removeClasses'),
    ids: classIds,
    mergeInto: ClassId.nullable(),
  }),
  /** Gives a split to the labelled pictures that have none, and keeps the policy for those to come;
   *  `again` draws all of them anew. */
  z.object({ type: z.literal('drawSplits'), policy: SplitPolicy, again: z.boolean() }),
  z.object({ type: z.literal('undo') }),
  z.object({ type: z.literal('redo') }),
])
export type Edit = z.output<typeof Edit>
/** An edit as it crosses: ids are packed. */
export type PackedEdit = z.input<typeof Edit>

// A draft against a plain map: whatever is set and deleted, keeping it gives the map that the same
// steps give, in the same order, and before that the pictures are as they were. What it tells of the
// changes comes to the same.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DraftPictures } from '../../../../../main/engine/dataset/labels/draftPictures'
import type { StoredPicture } from '../../../../../main/engine/dataset/labels/edits'

const picture = (id: string, name: string): StoredPicture => ({
  id,
  path: `/${name}`,
  name,
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
  hash: null,
})
const ids = ['a', 'b', 'c', 'd', 'e']
const steps = fc.array(
  fc.record({ id: fc.constantFrom(...ids), remove: fc.boolean(), name: fc.string() }),
)

it('gives what the same steps on a map give, and only when kept', () => {
  fc.assert(
    fc.property(steps, steps, (before, edits) => {
      const start = before.map(({ id, name }) => [id, picture(id, name)] as const)
      const [pictures, expected] = [new Map(start), new Map(start)]
      const draft = new DraftPictures(pictures)
      for (const { id, remove, name } of edits) {
        if (remove) expect(draft.delete(id)).toBe(expected.delete(id))
        else {
          draft.set(id, picture(id, name))
          expected.set(id, picture(id, name))
        }
        for (const each of ids) expect(draft.get(each)).toEqual(expected.get(each))
      }
      expect([...pictures]).toEqual([...new Map(start)])
      const told = new Map(start)
      draft.keep((was, is) => {
        const id = (was ?? is)!.id
        expect(was).toEqual(told.get(id))
        if (is) told.set(id, is)
        else told.delete(id)
      })
      expect(told).toEqual(new Map(expected))
      expect([...pictures]).toEqual([...expected])
    }),
  )
})

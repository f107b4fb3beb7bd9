// A project as the first version of Restage wrote it (taken from its own files) opens with the labels
// it had, can be undone as it could, and its files are still there afterwards.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataset } from '../../../../../main/engine/dataset/dataset'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-format-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const picture = (id: string, classId: string | null) => ({
  id,
  path: join(folder, 'photos', `${id}.jpg`),
  name: `${id}.jpg`,
  classId,
  split: null,
  excluded: false,
  problem: null,
  width: 4,
  height: 3,
})
const ants = { id: 'ca', name: 'Ants' }
const bees = { id: 'cb', name: 'Bees' }
const lines = (from: number, edits: readonly unknown[]) =>
  edits.map((edit, at) => `${JSON.stringify({ n: from + at, edit })}\n`).join('')
const edits = () => [
  {
    type: 'addPictures',
    classes: [ants, bees],
    pictures: [picture('a', 'ca'), picture('b', 'cb')],
  },
  { type: 'inspected', results: [{ id: 'a', width: 4, height: 3, problem: null }] },
  { type: 'label', pictures: ['a', 'b'], classId: 'cb' },
  { type: 'undo' },
  { type: 'setSplit', pictures: ['a'], split: 'val' },
  { type: 'exclude', pictures: ['b'], excluded: true },
]
async function open() {
  const dataset = await openDataset({ folder, projectId: 'p', projectName: 'First' })
  await dataset.settled()
  return dataset
}
const labels = (dataset: Awaited<ReturnType<typeof open>>) =>
  dataset.all().map(({ id, classId, split, excluded }) => ({ id, classId, split, excluded }))

describe('the first format', () => {
  it('takes the colour of one class, as later lines had it', async () => {
    const colour = { type: 'colourClass', id: 'ca', colour: 7 }
    await writeFile(join(folder, 'labels.jsonl'), lines(1, [...edits(), colour]))
    const dataset = await open()
    expect(dataset.classes().map((each) => each.colour)).toEqual([7, null])
    await dataset.edit({ type: 'undo' })
    expect(dataset.classes()[0]!.colour).toBeNull()
    await dataset.close()
  })

  it('opens from its lines, and what was done can be undone', async () => {
    await writeFile(join(folder, 'labels.jsonl'), lines(1, edits()))
    const dataset = await open()
    expect(labels(dataset)).toEqual([
      { id: 'a', classId: 'ca', split: 'val', excluded: false },
      { id: 'b', classId: 'cb', split: null, excluded: true },
    ])
    await dataset.edit({ type: 'undo' })
    await dataset.edit({ type: 'undo' })
    await dataset.edit({ type: 'removeClasses', ids: ['ca'], mergeInto: 'cb' })
    await dataset.close()
    const again = await open()
    expect(labels(again)).toEqual([
      { id: 'a', classId: 'cb', split: null, excluded: false },
      { id: 'b', classId: 'cb', split: null, excluded: false },
    ])
    expect(again.classes()).toEqual([{ ...bees, colour: null }])
    await again.close()
  })

  it('opens from its snapshot, which stays, and the lines after it', async () => {
    const state = {
      classes: [ants, bees],
      pictures: [picture('a', 'cb'), picture('b', 'cb')],
      undo: [{ classes: null, put: [], remove: [], set: [{ id: 'a', classId: 'ca' }] }],
      redo: [],
    }
    const before = JSON.stringify({ n: 3, state })
    await writeFile(join(folder, 'labels.snapshot.json'), before)
    const exclusion = { type: 'exclude', pictures: ['b'], excluded: true }
    await writeFile(join(folder, 'labels.jsonl'), lines(3, [{ type: 'undo' }, exclusion]))
    const dataset = await open()
    expect(labels(dataset).map(({ excluded }) => excluded)).toEqual([false, true])
    await dataset.edit({ type: 'undo' })
    await dataset.edit({ type: 'undo' })
    expect(labels(dataset)).toEqual([
      { id: 'a', classId: 'ca', split: null, excluded: false },
      { id: 'b', classId: 'cb', split: null, excluded: false },
    ])
    await dataset.close()
    expect(await readFile(join(folder, 'labels.snapshot.json'), 'utf8')).toBe(before)
  })

  it('is refused when its snapshot is damaged', async () => {
    await writeFile(join(folder, 'labels.snapshot.json'), '{"n":3,"state":{}}')
    await expect(open()).rejects.toMatchObject({ code: 'file-unreadable' })
  })
})

// The journal is read and written as it was before edits became one value: these lines were written by
// Restage at commit d63dc72. They open with the labels of that time, and the same edits write the same
// lines, with a checksum after each.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDataset } from '../../../../../main/engine/dataset/dataset'
import type { Edit } from '../../../../../shared/edit'

const pictures = `{"n":1,"edit":{"type":"addPictures","classes":[{"id":"195f3e43f12e","name":"a","colour":null},{"id":"b2691acdb914","name":"b","colour":null}],"pictures":{"count":3,"ids":"2528941d05b3/79796ddff8c4/91d3f8a1d522","files":"1.png/2.png/3.png","folders":["/tmp/old-edits/photos/a/","/tmp/old-edits/photos/b/"],"classIds":["195f3e43f12e","b2691acdb914"],"folder":[0,0,1],"class":[0,0,1],"flags":[0,0,0],"width":[0,0,0],"height":[0,0,0],"bytes":[0,0,0],"modified":[0,0,0],"problems":[],"hashes":"//"},"groups":[],"continues":false}}
{"n":2,"edit":{"type":"found","facts":{"count":3,"ids":"2528941d05b3/79796ddff8c4/91d3f8a1d522","files":"1.png/2.png/3.png","folders":["/tmp/old-edits/photos/a/","/tmp/old-edits/photos/b/"],"classIds":[],"folder":[0,0,1],"class":[-1,-1,-1],"flags":[0,0,0],"width":[4,4,4],"height":[3,3,3],"bytes":[95,95,93],"modified":[1795577109696.8926,1795577109696.8926,1795577109700.8926],"problems":[],"hashes":"8d02974d2df39b7243d6e93eb91484ef50a141cb4a2abdb7f9e008174c63522c/8d02974d2df39b7243d6e93eb91484ef50a141cb4a2abdb7f9e008174c63522c/ddf4b98558d745c56396a37f67acee289115d1e03d396729266212a1b87dcfc5"}}}
`
const edits = `{"n":3,"edit":{"type":"addClass","id":"b23fbd5565dd","name":"Wasps"}}
{"n":4,"edit":{"type":"renameClass","id":"195f3e43f12e","name":"Ants"}}
{"n":5,"edit":{"type":"colourClasses","ids":["195f3e43f12e","b23fbd5565dd"],"colour":7}}
{"n":6,"edit":{"type":"orderClasses","ids":["b23fbd5565dd","b2691acdb914","195f3e43f12e"]}}
{"n":7,"edit":{"type":"set","groups":[{"pictures":["2528941d05b3"],"to":{"classId":"b23fbd5565dd","reviewed":true}},{"pictures":["79796ddff8c4"],"to":{"excluded":true}}]}}
{"n":8,"edit":{"type":"removeClasses","ids":["b2691acdb914"],"mergeInto":"195f3e43f12e"}}
{"n":9,"edit":{"type":"splits","policy":{"seed":3,"val":0.5,"test":0,"by":"picture"},"groups":[{"pictures":["2528941d05b3","91d3f8a1d522"],"to":{"split":"train"}}]}}
{"n":10,"edit":{"type":"forget","pictures":["91d3f8a1d522"]}}
{"n":11,"edit":{"type":"undo"}}
{"n":12,"edit":{"type":"undo"}}
{"n":13,"edit":{"type":"redo"}}
`

let folder = ''
const journal = () => join(folder, 'labels.jsonl')
const open = () => openDataset({ folder, projectId: 'p', projectName: 'Old' })
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-format-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('opens with the labels of the time when it was written', async () => {
  await writeFile(journal(), pictures + edits)
  const dataset = await open()
  expect(dataset.snapshot()).toMatchObject({
    classes: [
      { id: 'b23fbd5565dd', name: 'Wasps', colour: 7 },
      { id: '195f3e43f12e', name: 'Ants', colour: 7 },
    ],
    splits: { seed: 3, val: 0.5, test: 0, by: 'picture' },
    canUndo: true,
    canRedo: true,
  })
  expect(
    dataset
      .all()
      .map(({ id, classId, split, excluded, reviewed, width }) => [
        id,
        classId,
        split,
        excluded,
        reviewed,
        width,
      ]),
  ).toEqual([
    ['2528941d05b3', 'b23fbd5565dd', 'train', false, true, 4],
    ['79796ddff8c4', '195f3e43f12e', null, true, false, 4],
    ['91d3f8a1d522', '195f3e43f12e', 'train', false, false, 4],
  ])
  await dataset.edit({ type: 'redo' })
  expect(dataset.all().length).toBe(2)
  for (let i = 0; i < 7; i++) await dataset.edit({ type: 'undo' })
  expect(dataset.classes().map(({ name }) => name)).toEqual(['a', 'b', 'Wasps'])
  await dataset.close()
})

it('is written as it was for the same edits', async () => {
  await writeFile(journal(), pictures)
  const dataset = await open()
  for (const line of edits.trim().split('\n')) {
    const { edit } = JSON.parse(line)
    await dataset.edit(edit.type === 'splits' ? drawing(edit.policy) : edit)
  }
  await dataset.close()
  const written = await readFile(journal(), 'utf8')
  expect(written.replace(/,"sum":"[0-9a-f]{16}"\}$/gm, '}')).toBe(pictures + edits)
  expect(written.match(/"sum"/g)?.length).toBe(edits.trim().split('\n').length)
})

const drawing = (policy: Extract<Edit, { type: 'drawSplits' }>['policy']): Edit => ({
  type: 'drawSplits',
  policy,
  again: false,
})

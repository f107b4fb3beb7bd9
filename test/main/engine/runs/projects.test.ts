// Opening a project: what is read meanwhile belongs to the project that is being opened, and is told only
// once that one is open.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createHandlers } from '../../../../main/engine/handlers'
import { encodeEdit } from '../../../../main/engine/dataset/labels/storedLabels'
import { assets } from '../training/leafRun'
import { temporaryFolder } from '../weights/temporaryFolder'

const { folder: root } = temporaryFolder()

it('opens with photos that were not read yet', async () => {
  const home = join(root, 'home')
  const folder = join(home, 'projects', 'abc')
  mkdirSync(folder, { recursive: true })
  const file = { format: 1, id: 'abc', name: 'Ants', created: 1, pictures: 1 }
  writeFileSync(join(folder, 'project.json'), JSON.stringify(file))
  const picture = {
    ...{ id: 'p', path: join(root, 'p.jpg'), name: 'p.jpg', classId: null, split: null },
    ...{ excluded: false, reviewed: false, file: 'present' as const, problem: null },
    ...{ width: null, height: null, bytes: null, modified: null, hash: null },
  }
  const edit = encodeEdit({
    ...{ type: 'addPictures', classes: [], pictures: [picture], groups: [], continues: false },
  })
  writeFileSync(join(folder, 'labels.jsonl'), `${JSON.stringify({ n: 1, edit })}\n`)
  const call = await createHandlers({ home, assets, post: () => {} })
  expect(await call['project.problems'](undefined)).toEqual([])
  expect(await call['dataset.snapshot'](undefined)).toMatchObject({ projectName: 'Ants' })
})

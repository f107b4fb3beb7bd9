// Names of 100 Hangul syllables take 300 bytes, more than a file name may have: what carries them is
// exported all the same, under the beginning of the name.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDataset } from '../../../../main/engine/dataset/dataset'
import { createProject } from '../../../../main/engine/dataset/project'

const name = '각'.repeat(100)
let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'long-names-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

it('exports labels and folders of a project with long names, again and again', async () => {
  const { id, folder } = await createProject(root, name)
  const dataset = await openDataset({ folder, projectId: id, projectName: name })
  const photo = join(root, `${'꽃'.repeat(80)}.png`)
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC'
  await writeFile(photo, Buffer.from(pixel, 'base64'))
  for (const end of ['가', '나'])
    await dataset.edit({ type: 'addClass', id: end, name: name + end })
  await dataset.add({ paths: [photo], classId: '가' })
  await dataset.settled()
  for (let time = 0; time < 12; time++) {
    const { path } = await dataset.exportLabels(root)
    expect(Buffer.byteLength(path.slice(root.length + 1))).toBeLessThanOrEqual(255)
    const made = await dataset.exportFolders({ folder: root, as: 'copies', splits: true })
    expect(made).toMatchObject({ pictures: 1, skipped: [] })
  }
  const names = await readdir(root)
  expect(names.filter((each) => each.endsWith('.csv')).length).toBe(12)
  expect(names.some((each) => each.endsWith('.part'))).toBe(false)
  await dataset.close()
})

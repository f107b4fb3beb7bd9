// A project folder that was copied to another computer opens there, whatever its paths look like, and its
// photos can be pointed out.
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDataset, type Dataset } from '../../../../main/engine/dataset/dataset'
import { findMoved, missingFolders } from '../../../../main/engine/dataset/checks/whereabouts'
import { walk } from '../../../../main/engine/dataset/intake/walk'
import type { StoredPicture } from '../../../../main/engine/dataset/labels/edits'

let root = ''
const open: Dataset[] = []
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'computer-'))
})
afterEach(async () => {
  for (const dataset of open.splice(0)) await dataset.close()
  await rm(root, { recursive: true, force: true })
})
async function opened(folder: string) {
  const dataset = await openDataset({ folder, projectId: 'p', projectName: 'P' })
  open.push(dataset)
  return dataset
}
async function photo(path: string, background: string) {
  await mkdir(dirname(path), { recursive: true })
  await sharp({ create: { width: 20, height: 20, channels: 3, background } })
    .png()
    .toFile(path)
}

it('opens elsewhere while the first is still open, and finds its photos again', async () => {
  const photos = join(root, 'home-a', 'photos')
  await photo(join(photos, 'cat', '1.png'), 'red')
  await photo(join(photos, 'dog', '2.png'), 'blue')
  const first = await opened(join(root, 'home-a', 'project'))
  await first.add({ paths: [photos], classId: null })
  await first.settled()
  await cp(join(root, 'home-a', 'project'), join(root, 'home-b', 'project'), { recursive: true })
  const labels = (dataset: Dataset) => {
    const names = new Map(dataset.classes().map(({ id, name }) => [id, name]))
    return dataset.all().map(({ name, classId }) => [name, names.get(classId ?? '')])
  }
  const wanted = labels(first)
  await rename(photos, join(root, 'elsewhere'))
  const second = await opened(join(root, 'home-b', 'project'))
  expect(labels(second)).toEqual(wanted)
  expect(await second.checkFiles()).toMatchObject({ missing: 2 })
  const [folder] = await second.missing()
  expect(folder).toEqual({ folder: photos, count: 2 })
  expect(await second.relocate(folder!.folder, join(root, 'elsewhere'))).toEqual({
    ...{ found: 2, byContent: 0, missing: 0 },
  })
  expect(labels(second)).toEqual(wanted)
  expect(second.usable().length).toBe(2)
})

const picture = (path: string): StoredPicture => ({
  ...{ id: path, path, name: '', classId: null, split: null, excluded: false, reviewed: false },
  ...{ file: 'missing', problem: null, width: null, height: null, bytes: 1, modified: 1 },
  hash: null,
})

it.each([
  ['Windows', ['D:\\Bilder\\cat\\1.png', 'D:\\Bilder\\dog\\sub\\2.png'], 'D:\\Bilder'],
  ['a Windows share', ['\\\\nas\\x\\cat\\1.png', '\\\\nas\\x\\dog\\sub\\2.png'], '\\\\nas\\x'],
  ['Linux', ['/mnt/gone/x/cat/1.png', '/mnt/gone/x/dog/sub/2.png'], '/mnt/gone/x'],
])('points out folders of %s', async (_, paths, from) => {
  const there = join(root, 'there')
  await photo(join(there, 'cat', '1.png'), 'red')
  await photo(join(there, 'dog', 'sub', '2.png'), 'red')
  const pictures = paths.map(picture)
  const folders = await missingFolders(pictures)
  expect(folders.length).toBeGreaterThan(0)
  for (const { folder } of folders) expect(paths[0]!.startsWith(folder.slice(0, 3))).toBe(true)
  const found = await findMoved({ from, to: there, pictures })
  expect(found.moved.map(({ path, name }) => [path, name]).sort()).toEqual([
    [join(there, 'cat', '1.png'), '1.png'],
    [join(there, 'dog', 'sub', '2.png'), '2.png'],
  ])
})

it.runIf(process.platform === 'linux')('tells of names that are no UTF-8', async () => {
  const folder = join(root, 'names')
  await mkdir(folder)
  await writeFile(
    Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.jpg')]),
    '',
  )
  await writeFile(join(folder, 'real \uFFFD.jpg'), '')
  expect((await readdir(folder)).length).toBe(2)
  const { folders, ignored } = await walk([folder])
  expect(folders[0]!.pictures).toEqual(['real \uFFFD.jpg'])
  expect(ignored).toMatchObject([{ reason: 'name', count: 1 }])
})

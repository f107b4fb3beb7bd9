// A data set from dropping to training: what is taken in, told, undone, kept on disk and found ill.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  openDataset,
  type Dataset,
  type DatasetOptions,
} from '../../../../main/engine/dataset/dataset'
import type { StoredPicture } from '../../../../main/engine/dataset/labels/edits'
import { createProject, listProjects, openProject } from '../../../../main/engine/dataset/project'
import { DatasetChange, DatasetSnapshot, type Picture } from '../../../../shared/dataset'
import { unpackPictures } from '../../../../shared/pictureColumns'
import { unpackGroups, withSettings } from '../../../../shared/pictureSettings'
import { seededRandom } from '../../../../shared/random'
import { reason } from '../../../../shared/reason'

let root = ''
let dataset: Dataset
let changes: DatasetChange[] = []
const file = (name: string) => join(root, 'photos', name)
const options = (): DatasetOptions => ({
  folder: join(root, 'project'),
  projectId: 'p1',
  projectName: 'Insects',
  onChange: (change) => changes.push(change),
})

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'dataset-'))
  changes = []
  dataset = await openDataset(options())
})
afterEach(async () => {
  await dataset.close()
  await rm(root, { recursive: true, force: true })
})

/** A picture of blocks that another seed does not resemble. */
async function photo(name: string, seed: number, size = 64) {
  await mkdir(dirname(file(name)), { recursive: true })
  const random = seededRandom(seed)
  const blocks = Buffer.from(Array.from({ length: 81 * 3 }, () => random.integer(256)))
  await sharp(blocks, { raw: { width: 9, height: 9, channels: 3 } })
    .resize(size, size, { kernel: 'nearest' })
    .jpeg()
    .toFile(file(name))
}
const byName = (name: string) => dataset.all().find((picture) => picture.name === name)!

async function addClass(name: string) {
  const id = `c${dataset.classes().length}`
  await dataset.edit({ type: 'addClass', id, name })
  return id
}

const seen = ({ hash: _, ...picture }: StoredPicture): Picture => picture

/** What a window would show that only heard the changes. */
function heard() {
  const pictures = new Map<string, Picture>()
  for (const change of changes) {
    DatasetChange.parse(change)
    for (const id of change.removed) pictures.delete(id)
    for (const { pictures: ids, to } of unpackGroups(change.set))
      for (const id of ids) pictures.set(id, withSettings(pictures.get(id)!, to))
    for (const picture of unpackPictures(change.pictures)) pictures.set(picture.id, picture)
  }
  return pictures
}

describe('dataset', () => {
  it('takes in a folder, reads every picture and tells of it in whole steps', async () => {
    for (let i = 0; i < 5; i++) await photo(`set/개미 🐜/${i}.jpg`, i + 1)
    await photo('set/bees/one.jpg', 9)
    await writeFile(file('set/bees/words.jpg'), 'not pixels')
    await writeFile(file('set/bees/notes.txt'), '')
    const result = await dataset.add({ paths: [file('set')], classId: null })
    expect(result).toMatchObject({
      added: 7,
      already: 0,
      ignored: [{ reason: 'not-a-picture', count: 1 }],
    })
    await dataset.settled()
    expect(byName('words.jpg').problem).toEqual(reason('not-a-picture'))
    const snapshot = DatasetSnapshot.parse(dataset.snapshot())
    expect(snapshot.classes.map(({ name }) => name)).toEqual(['bees', '개미 🐜'])
    expect(byName('one.jpg')).toMatchObject({ width: 64, height: 64, problem: null })
    expect([...heard().values()]).toEqual(dataset.all().map(seen))
    expect(changes.map(({ revision }) => revision)).toEqual(changes.map((_, i) => i + 1))
    expect(dataset.usable().length).toBe(6)
    expect(await dataset.add({ paths: [file('set')], classId: null })).toMatchObject({
      added: 0,
      already: 7,
    })
  })

  it('puts what is dropped on a class there, and undoes the whole drop at once', async () => {
    const classId = await addClass('Wasps')
    await photo('set/bees/1.jpg', 1)
    await photo('set/ants/2.jpg', 2)
    await dataset.add({ paths: [file('set')], classId })
    expect(dataset.all().map((picture) => picture.classId)).toEqual([classId, classId])
    await dataset.settled()
    await dataset.edit({ type: 'undo' })
    expect(dataset.snapshot()).toMatchObject({ canUndo: true, canRedo: true })
    expect(dataset.all()).toEqual([])
    expect(heard().size).toBe(0)
    await dataset.edit({ type: 'redo' })
    expect(byName('1.jpg').width).toBe(64)
    expect(await dataset.add({ paths: [file('set')], classId })).toMatchObject({
      added: 0,
      already: 2,
    })
  })

  it('is the same after it was closed and opened, undo and all', async () => {
    await photo('a/1.jpg', 1)
    await photo('b/2.jpg', 2)
    await dataset.add({ paths: [file('a'), file('b')], classId: null })
    const [a, b] = dataset.snapshot().classes
    await dataset.edit({ type: 'removeClasses', ids: [a!.id], mergeInto: b!.id })
    await dataset.edit({
      type: 'set',
      groups: [{ pictures: [byName('1.jpg').id], to: { split: 'val' } }],
    })
    await dataset.edit({
      type: 'set',
      groups: [{ pictures: [byName('2.jpg').id], to: { excluded: true } }],
    })
    await dataset.settled()
    const before = { ...dataset.snapshot(), revision: 0, pictures: dataset.all() }
    await dataset.close()
    dataset = await openDataset(options())
    expect({ ...dataset.snapshot(), revision: 0, pictures: dataset.all() }).toEqual(before)
    for (let i = 0; i < 3; i++) await dataset.edit({ type: 'undo' })
    expect(byName('1.jpg').classId).toBe(a!.id)
  })

  it('reads on opening what it had not read when it was closed', async () => {
    for (let i = 0; i < 30; i++) await photo(`a/${i}.jpg`, i)
    await dataset.add({ paths: [file('a')], classId: null })
    await dataset.close()
    dataset = await openDataset(options())
    expect(dataset.all().length).toBe(30)
    await expect.poll(() => dataset.all().every((picture) => picture.width === 64)).toBe(true)
  })

  it('survives so many edits that the journal begins anew', async () => {
    const classId = await addClass('0')
    for (let i = 1; i <= 450; i++)
      await dataset.edit({ type: 'renameClass', id: classId, name: `${i}` })
    await dataset.close()
    dataset = await openDataset(options())
    expect(dataset.snapshot().classes).toEqual([{ id: classId, name: '450', colour: null }])
    await dataset.edit({ type: 'undo' })
    expect(dataset.snapshot().classes).toEqual([{ id: classId, name: '449', colour: null }])
  })

  it('refuses without changing anything', async () => {
    await addClass('Ants')
    await expect(addClass('ants')).rejects.toMatchObject({ code: 'class-exists' })
    await expect(
      dataset.edit({ type: 'set', groups: [{ pictures: [], to: { classId: 'nowhere' } }] }),
    ).rejects.toMatchObject({ code: 'bad-input' })
    await expect(dataset.add({ paths: [file('gone')], classId: null })).rejects.toMatchObject({
      code: 'file-missing',
    })
    expect(() => dataset.picture('none')).toThrow(expect.objectContaining({ code: 'bad-input' }))
    expect(changes.length).toBe(1)
  })

  it('finds what is ill', async () => {
    for (let i = 0; i < 12; i++) await photo(`set/train/ants/${i}.jpg`, i + 1)
    await photo('set/train/bees/lonely.jpg', 77)
    await photo('set/train/bees/tiny.jpg', 78, 20)
    await mkdir(file('set/val/ants'), { recursive: true })
    await copyFile(file('set/train/ants/3.jpg'), file('set/val/ants/copy.jpg'))
    await sharp(file('set/train/ants/5.jpg'))
      .resize(80, 80)
      .jpeg({ quality: 60 })
      .toFile(file('set/train/ants/near.jpg'))
    await writeFile(file('set/train/ants/empty.jpg'), '')
    await photo('set/train/loose.jpg', 50)
    await dataset.add({ paths: [file('set')], classId: null })
    await dataset.settled()
    const findings = await dataset.health()
    const named = findings.map(({ kind, pictures }) => [
      kind,
      ...pictures.map((id) => dataset.picture(id).name).sort(),
    ])
    expect(named).toEqual([
      ['unreadable', 'empty.jpg'],
      ['exact-duplicate', '3.jpg', 'copy.jpg'],
      ['near-duplicate', '5.jpg', 'near.jpg'],
      ['leak', '3.jpg', 'copy.jpg'],
      ['tiny-class', 'lonely.jpg', 'tiny.jpg'],
      ['imbalance', 'lonely.jpg', 'tiny.jpg'],
      ['extreme-size', 'tiny.jpg'],
      ['unlabelled', 'loose.jpg'],
    ])
    expect(await dataset.health()).toEqual(findings)
  })
})

describe('projects', () => {
  it('are listed with their counts, and opened only by their own id', async () => {
    const made = await createProject(join(root, 'projects'), 'Leaves 🍁')
    const inside = await openDataset({ ...options(), folder: made.folder, projectId: made.id })
    await photo('1.jpg', 1)
    await inside.add({ paths: [file('1.jpg')], classId: null })
    await inside.rename('Trees')
    await inside.close()
    expect(await listProjects(join(root, 'projects'))).toEqual([
      {
        ...{ id: made.id, name: 'Trees', modified: expect.any(Number), pictures: 1 },
        ...{ folder: made.folder, damage: null },
      },
    ])
    expect(await openProject(join(root, 'projects'), made.id)).toEqual({ ...made, name: 'Trees' })
    await expect(openProject(join(root, 'projects'), '../project')).rejects.toMatchObject({
      code: 'project-missing',
    })
    expect(await listProjects(join(root, 'none'))).toEqual([])
  })
})

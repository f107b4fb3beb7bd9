// Files that vanish, change or move while a data set is closed or open.
import { copyFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataset, type Dataset } from '../../../../../main/engine/dataset/dataset'
import { hasChanged } from '../../../../../shared/dataset'

let root = ''
let dataset: Dataset
const file = (name: string) => join(root, name)
const open = () =>
  openDataset({ folder: file('project'), projectId: 'p', projectName: 'Leaves / 2026' })

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'whereabouts-'))
  dataset = await open()
})
afterEach(async () => {
  await dataset.close()
  await rm(root, { recursive: true, force: true })
})

async function photo(name: string, background: string) {
  await mkdir(dirname(file(name)), { recursive: true })
  await sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toFile(file(name))
}
const changed = () =>
  dataset
    .all()
    .filter(hasChanged)
    .map(({ name }) => name)
const states = () => Object.fromEntries(dataset.all().map(({ name, file }) => [name, file]))

async function addThree() {
  await photo('set/a/1.png', 'red')
  await photo('set/a/2.png', 'green')
  await photo('set/b/3.png', 'blue')
  await dataset.add({ paths: [file('set')], classId: null })
  await dataset.settled()
}

describe('files of a data set', () => {
  it('are missing, changed or the same, by what they hold and not by their time', async () => {
    await addThree()
    await rm(file('set/a/1.png'))
    await photo('set/a/2.png', 'yellow')
    await utimes(file('set/b/3.png'), 5, 5)
    expect(await dataset.checkFiles()).toEqual({ missing: 1, changed: 1 })
    expect(states()).toEqual({ '1.png': 'missing', '2.png': 'changed', '3.png': 'present' })
    expect(dataset.usable().map(({ name }) => name)).toEqual(['2.png', '3.png'])
    const two = dataset.all().find(({ name }) => name === '2.png')!
    await dataset.edit({ type: 'set', groups: [{ pictures: [two.id], to: { reviewed: true } }] })
    await photo('set/a/1.png', 'red')
    expect(await dataset.checkFiles()).toEqual({ missing: 0, changed: 0 })
    await dataset.close()
    dataset = await open()
    expect(changed()).toEqual([])
  })

  it('that change are to be reviewed, again after every change and after undo', async () => {
    await addThree()
    const [one] = dataset.all()
    await dataset.edit({ type: 'set', groups: [{ pictures: [one!.id], to: { reviewed: true } }] })
    await photo('set/a/1.png', 'yellow')
    expect(await dataset.checkFiles()).toEqual({ missing: 0, changed: 1 })
    expect(changed()).toEqual(['1.png'])
    expect((await dataset.health()).find(({ kind }) => kind === 'changed')?.pictures).toEqual([
      one!.id,
    ])
    await dataset.edit({ type: 'set', groups: [{ pictures: [one!.id], to: { reviewed: true } }] })
    expect(changed()).toEqual([])
    await dataset.edit({ type: 'undo' })
    expect(changed()).toEqual(['1.png'])
    await dataset.edit({ type: 'redo' })
    await utimes(file('set/a/1.png'), 9, 9)
    expect(await dataset.checkFiles()).toEqual({ missing: 0, changed: 0 })
    await photo('set/a/1.png', 'black')
    expect(await dataset.checkFiles()).toEqual({ missing: 0, changed: 1 })
  })

  it('are found at a new place, by content when they were renamed there', async () => {
    await addThree()
    const ids = dataset.all().map(({ id }) => id)
    await rename(file('set'), file('moved'))
    await rename(file('moved/b/3.png'), file('moved/b/renamed.png'))
    await writeFile(file('moved/b/other.txt'), 'x')
    await copyFile(file('moved/a/1.png'), file('moved/a/copy.png'))
    await dataset.checkFiles()
    expect(await dataset.missing()).toEqual([{ folder: file('set'), count: 3 }])
    await expect(dataset.relocate(file('elsewhere'), file('moved'))).rejects.toMatchObject({
      code: 'bad-input',
    })
    expect(await dataset.relocate(file('set'), file('moved'))).toEqual({
      found: 3,
      byContent: 1,
      missing: 0,
    })
    expect(dataset.all().map(({ id }) => id)).toEqual(ids)
    expect(dataset.all().map(({ path }) => path)).toEqual(
      ['a/1.png', 'a/2.png', 'b/renamed.png'].map((name) => file(`moved/${name}`)),
    )
    expect(states()).toEqual({ '1.png': 'present', '2.png': 'present', 'renamed.png': 'present' })
    expect(dataset.snapshot().classes.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('name the folder they are gone from when it is still there', async () => {
    await addThree()
    await rm(file('set/a/1.png'))
    await rm(file('set/b'), { recursive: true })
    await dataset.checkFiles()
    expect(await dataset.missing()).toEqual([
      { folder: file('set/a'), count: 1 },
      { folder: file('set/b'), count: 1 },
    ])
    expect(await dataset.relocate(file('set/b'), file('set/a'))).toMatchObject({
      found: 0,
      missing: 1,
    })
  })
})

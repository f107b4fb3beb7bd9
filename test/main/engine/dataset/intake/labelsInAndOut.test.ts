// Labels from other programs' files and back out: rows, what they match, round trips, new folders.
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataset, type Dataset } from '../../../../../main/engine/dataset/dataset'
import { fileNameOf, Names } from '../../../../../main/engine/files/freeNames'
import { readLabelRows } from '../../../../../main/engine/dataset/intake/labelFiles'
import { reason } from '../../../../../shared/reason'

const rows = (text: string, name = 'labels.csv') =>
  readLabelRows(name, text).rows.map(({ path, labels }) => [path, ...labels])

describe('label files', () => {
  it('are read with names on top in any order, or without', () => {
    const wanted = [
      ['a.jpg', 'Cat'],
      ['b.jpg', 'Dog'],
    ]
    expect(rows('\uFEFFlabel,width,image\r\nCat,3,a.jpg\r\nDog,4,b.jpg\r\n')).toEqual(wanted)
    expect(rows('a.jpg;Cat\nb.jpg;Dog')).toEqual(wanted)
    expect(rows('filename\tclass\na.jpg\tCat\n\nb.jpg\tDog\n')).toEqual(wanted)
  })

  it('may quote separators, quotes and line breaks', () => {
    expect(rows('path,label\n"a, b.jpg","the ""big""\none"\n개미.png, 개미 🐜 \n')).toEqual([
      ['a, b.jpg', 'the "big"\none'],
      ['개미.png', '개미 🐜'],
    ])
  })

  it('with several labels of a picture are led by the most frequent, then the first', () => {
    expect(rows('path,label\na,x\na,y\nb,y\na,y\nb,z\n')).toEqual([
      ['a', 'y', 'x'],
      ['b', 'y', 'z'],
    ])
  })

  it('may hold quotes inside fields, and end their lines in both ways', () => {
    expect(rows('path,label\r\na "b".jpg,Cat\nb.jpg,Dog\r\n')).toEqual([
      ['a "b".jpg', 'Cat'],
      ['b.jpg', 'Dog'],
    ])
  })

  it('say which lines say nothing', () => {
    const text = 'path,label\n\n"a\n.jpg"\n,cat\nb.jpg,dog\n'
    const { problems } = readLabelRows('l.csv', text)
    expect(problems).toEqual([
      { line: 3, reason: reason('no-label') },
      { line: 5, reason: reason('no-path') },
    ])
    expect(() => rows('path,label\n"a.jpg,cat\n')).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    )
    expect(() => rows('')).toThrow(expect.objectContaining({ code: 'bad-input' }))
  })

  it('of COCO name categories by annotation', () => {
    const coco = {
      images: [
        { id: 1, file_name: 'val/1.jpg' },
        { id: 2, file_name: 'val/2.jpg' },
      ],
      categories: [{ id: 7, name: 'cat' }],
      annotations: [
        { image_id: 1, category_id: 7, bbox: [0, 0, 1, 1] },
        { image_id: 9, category_id: 7 },
        { image_id: 2, category_id: 8 },
      ],
    }
    expect(rows(JSON.stringify(coco), 'x.json')).toEqual([['val/1.jpg', 'cat'], ['val/2.jpg']])
    expect(readLabelRows('x.json', JSON.stringify(coco)).problems.length).toBe(2)
    expect(() => rows('{"images":[]}', 'x.json')).toThrow(/COCO/)
    expect(() => rows('[1', 'x.json')).toThrow(/JSON/)
  })
})

describe('a data set', () => {
  let root = ''
  let dataset: Dataset
  const file = (name: string) => join(root, name)
  const openNamed = (name: string) =>
    openDataset({ folder: file(name), projectId: 'p', projectName: 'Leaves / 2026' })
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'labels-'))
    dataset = await openNamed('project')
  })
  afterEach(async () => {
    await dataset.close()
    await rm(root, { recursive: true, force: true })
  })
  async function photo(name: string, background = 'red') {
    await mkdir(dirname(file(name)), { recursive: true })
    await sharp({ create: { width: 40, height: 30, channels: 3, background } })
      .png()
      .toFile(file(name))
  }
  const labelled = (of = dataset) => {
    const names = new Map(of.classes().map(({ id, name }) => [id, name]))
    return Object.fromEntries(
      of.all().map(({ path, classId }) => [path.slice(root.length + 1), names.get(classId!)]),
    )
  }

  it('takes labels for what it has, adds what it has not, and undoes both at once', async () => {
    for (const name of ['a/1.png', 'a/2.png', 'b/3.png', 'new/4.png']) await photo(`set/${name}`)
    await dataset.add({ paths: [file('set/a'), file('set/b')], classId: null })
    const before = labelled()
    await writeFile(
      file('labels.csv'),
      `path,label,split\nset/a/1.png,B ,val\n3.png,Cat,\nset/new/4.png,cat,test\ngone.png,Cat,\n${file('set/a/2.png')},,train\n`,
    )
    const input = { path: file('labels.csv'), root: null, apply: false }
    const told = await dataset.importLabels(input)
    expect(told).toEqual({
      format: 'csv',
      rows: 5,
      relabelled: 3,
      added: 1,
      missing: 1,
      several: 0,
      classes: [
        { name: 'Cat', count: 2 },
        { name: 'B', count: 1 },
      ],
      problems: [],
    })
    expect(labelled()).toEqual(before)
    expect(await dataset.importLabels({ ...input, apply: true })).toEqual(told)
    expect(labelled()).toEqual({
      'set/a/1.png': 'b',
      'set/a/2.png': 'a',
      'set/b/3.png': 'Cat',
      'set/new/4.png': 'Cat',
    })
    expect(dataset.all().map(({ split }) => split)).toEqual(['val', 'train', null, 'test'])
    await dataset.edit({ type: 'undo' })
    expect(labelled()).toEqual(before)
    expect(dataset.classes().length).toBe(2)
  })

  it('adds no file outside of the folder of the labels, and says so', async () => {
    for (const name of ['photos/1.png', 'secret/2.png', 'secret/3.png', 'photos2/4.png'])
      await photo(name)
    const csv = `path,label\n1.png,a\n../secret/2.png,a\n${file('secret/3.png')},a\n../photos2/4.png,a\n`
    await writeFile(file('photos/labels.csv'), csv)
    const coco = {
      images: [
        { id: 1, file_name: '../secret/2.png' },
        { id: 2, file_name: file('secret/3.png') },
      ],
      categories: [{ id: 1, name: 'a' }],
      annotations: [{ image_id: 1, category_id: 1 }],
    }
    await writeFile(file('photos/coco.json'), JSON.stringify(coco))
    const input = { path: file('photos/labels.csv'), root: null, apply: true }
    const told = await dataset.importLabels(input)
    expect(told).toMatchObject({ added: 1, missing: 3 })
    expect(told.problems).toEqual(
      [3, 4, 5].map((line) => ({ line, reason: reason('outside-folder') })),
    )
    expect(await dataset.importLabels({ ...input, path: file('photos/coco.json') })).toMatchObject({
      added: 0,
      missing: 2,
    })
    expect(labelled()).toEqual({ 'photos/1.png': 'a' })
    // The person may choose a folder that holds them.
    expect(await dataset.importLabels({ ...input, root: file('photos') })).toMatchObject({
      added: 0,
    })
    // What is in the data set already is labelled wherever it lies.
    await dataset.add({ paths: [file('secret')], classId: null })
    expect(await dataset.importLabels(input)).toMatchObject({ added: 0, relabelled: 3, missing: 1 })
  })

  it('gives the same labels to another project by way of its CSV, and replaces no file', async () => {
    await photo('set/개, "미"/1.png')
    await photo('set/b/2.png')
    await photo('loose.png')
    await dataset.add({ paths: [file('set')], classId: null })
    await dataset.add({ paths: [file('loose.png')], classId: null })
    await dataset.edit({
      type: 'set',
      groups: [
        { pictures: [dataset.all()[0]!.id], to: { excluded: true, reviewed: true, split: 'val' } },
      ],
    })
    const first = await dataset.exportLabels(root)
    expect(first).toEqual({ path: file('Leaves _ 2026 labels.csv'), rows: 3 })
    expect(await readFile(first.path, 'utf8')).toBe(
      [
        'path,label,split,excluded,reviewed',
        `${file('set/b/2.png')},b,val,yes,yes`,
        `"${file('set/개, ""미""/1.png')}","개, ""미""",,no,no`,
        `${file('loose.png')},,,no,no`,
        '',
      ].join('\r\n'),
    )
    const again = await dataset.exportLabels(root)
    expect(again.path).toBe(file('Leaves _ 2026 labels 2.csv'))
    expect(await readFile(again.path, 'utf8')).toBe(await readFile(first.path, 'utf8'))
    const other = await openNamed('other')
    await other.importLabels({ path: first.path, root: null, apply: true })
    await other.importLabels({ path: first.path, root: null, apply: true })
    expect(labelled(other)).toEqual(labelled())
    const marks = (of: Dataset) =>
      of.all().map(({ split, excluded, reviewed }) => [split, excluded, reviewed])
    expect(marks(other)).toEqual(marks(dataset))
    await other.close()
  })

  it('goes out as folders, copies or links, into a folder of its own', async () => {
    for (const [name, colour] of [
      ['x/1.png', 'red'],
      ['y/1.png', 'blue'],
      ['z/1.png', 'green'],
    ])
      await photo(`set/${name}`, colour)
    await dataset.add({ paths: [file('set')], classId: null })
    await dataset.settled()
    const [x, y, z] = dataset.classes()
    await dataset.edit({ type: 'removeClasses', ids: [y!.id], mergeInto: x!.id })
    await dataset.edit({ type: 'renameClass', id: x!.id, name: 'a/b' })
    await dataset.edit({ type: 'renameClass', id: z!.id, name: 'a_b' })
    await dataset.edit({
      type: 'set',
      groups: [{ pictures: [dataset.all()[2]!.id], to: { split: 'val' } }],
    })
    await mkdir(file('out/Leaves _ 2026'), { recursive: true })
    const copies = await dataset.exportFolders({ folder: file('out'), as: 'copies', splits: true })
    expect(copies).toEqual({
      folder: file('out/Leaves _ 2026 2'),
      pictures: 3,
      as: 'copies',
      skipped: [],
    })
    const made = async (folder: string) =>
      ((await readdir(folder, { recursive: true })) as string[])
        .filter((name) => name.endsWith('.png'))
        .sort()
    expect(await made(copies.folder)).toEqual([
      'train/a_b/1 2.png',
      'train/a_b/1.png',
      'val/a_b 2/1.png',
    ])
    expect(await readFile(join(copies.folder, 'val/a_b 2/1.png'))).toEqual(
      await readFile(file('set/z/1.png')),
    )
    await rm(file('set/y/1.png'))
    const links = await dataset.exportFolders({ folder: file('out'), as: 'links', splits: false })
    expect(links.as).toBe('symbolic-links')
    expect(await readlink(join(links.folder, 'a_b/1.png'))).toBe(file('set/x/1.png'))
    expect((await stat(file('set/x/1.png'))).isFile()).toBe(true)
    expect(await readdir(file('out/Leaves _ 2026'))).toEqual([])
    const gone = await dataset.exportFolders({ folder: file('out'), as: 'copies', splits: false })
    expect(gone).toMatchObject({
      pictures: 2,
      skipped: [{ path: file('set/y/1.png'), reason: reason('file-gone') }],
    })
  })

  it('refuses a label file that is too large before reading it', async () => {
    await writeFile(file('large.csv'), 'path,label\n')
    await truncate(file('large.csv'), 40e6)
    await expect(
      dataset.importLabels({ path: file('large.csv'), root: null, apply: false }),
    ).rejects.toMatchObject({
      code: 'bad-input',
      details: { reason: reason('label-file-large', { size: 40, limit: 32 }) },
    })
  })

  it('has nothing to export without labels', async () => {
    await expect(
      dataset.exportFolders({ folder: root, as: 'copies', splits: false }),
    ).rejects.toMatchObject({ code: 'dataset-too-small' })
  })
})

it('names files as every disk takes them', () => {
  const names = ['a/b:c', 'con', 'end. ', '', '개미 🐜']
  expect(names.map(fileNameOf)).toEqual(['a_b_c', '_con', 'end', '_', '개미 🐜'])
  // 255 bytes are the limit of most file systems, and Hangul takes three bytes a syllable.
  const long = fileNameOf('가'.repeat(100))
  expect(long).toBe('가'.repeat(66))
  const taken = new Names()
  const longest = `${'가'.repeat(83)}.png`
  expect([1, 2].map(() => taken.free('', longest))).toEqual([longest, `${'가'.repeat(83)} 2.png`])
})

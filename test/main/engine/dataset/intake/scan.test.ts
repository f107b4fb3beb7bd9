// What folders tell: classes, splits, what is passed over, and that no link is followed for ever.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countIgnored, scan } from '../../../../../main/engine/dataset/intake/scan'
import { inNaturalOrder, naturally } from '../../../../../shared/naturalOrder'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'scan-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function tree(...files: string[]) {
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), 'x')
  }
}
const told = async (...paths: string[]) => {
  const { pictures, ignored } = await scan(paths.map((path) => join(root, path)))
  return {
    ignored: countIgnored(ignored),
    pictures: pictures.map(({ path, className, split }) => [
      relative(root, path),
      className,
      split,
    ]),
  }
}

it('sorts plain names faster, but as the collation does', () => {
  const name = fc.string({ unit: fc.constantFrom(...'aAb019 _-.'), maxLength: 8 })
  fc.assert(
    fc.property(fc.array(name), (names) => {
      expect(inNaturalOrder(names)).toEqual([...names].sort(naturally))
    }),
    { numRuns: 1000 },
  )
  expect(inNaturalOrder(['é2', 'e10', 'é10'])).toEqual(['e10', 'é2', 'é10'].sort(naturally))
})

describe('scan', () => {
  it('makes classes of sub-folders, in natural order, and passes over what is no picture', async () => {
    await tree('set/bees/10.jpg', 'set/bees/2.JPG', 'set/ants/a b.png', 'set/ants/Thumbs.db')
    await tree(
      'set/ants/.hidden.jpg',
      'set/__MACOSX/x.jpg',
      'set/notes.txt',
      'set/ants/deep/er/c.webp',
    )
    expect(await told('set')).toEqual({
      ignored: 1,
      pictures: [
        ['set/ants/a b.png', 'ants', null],
        ['set/ants/deep/er/c.webp', 'ants', null],
        ['set/bees/2.JPG', 'bees', null],
        ['set/bees/10.jpg', 'bees', null],
      ],
    })
  })

  it('makes splits of train, valid and test, and classes within', async () => {
    await tree('set/train/a/1.jpg', 'set/valid/a/2.jpg', 'set/Test/b/3.jpg', 'set/masks/a/1.png')
    const { pictures, ignored } = await told('set')
    expect(ignored).toBe(1)
    expect(pictures).toEqual([
      ['set/Test/b/3.jpg', 'b', 'test'],
      ['set/train/a/1.jpg', 'a', 'train'],
      ['set/valid/a/2.jpg', 'a', 'val'],
    ])
  })

  it('looks through a folder that holds only one folder', async () => {
    await tree('zip/set/train/a/1.jpg', 'zip/set/val/a/2.jpg')
    expect((await told('zip')).pictures).toEqual([
      ['zip/set/train/a/1.jpg', 'a', 'train'],
      ['zip/set/val/a/2.jpg', 'a', 'val'],
    ])
  })

  it('leaves a flat folder and single files unlabelled, but names flat folders dropped together', async () => {
    await tree('가나 🐜/1.jpg', 'bees/2.jpg', '3.jpg')
    expect((await told('bees')).pictures).toEqual([['bees/2.jpg', null, null]])
    expect((await told('가나 🐜', 'bees', '3.jpg')).pictures).toEqual([
      ['3.jpg', null, null],
      ['가나 🐜/1.jpg', '가나 🐜', null],
      ['bees/2.jpg', 'bees', null],
    ])
  })

  it('takes decomposed and composed names as one class', async () => {
    await tree('train/x/1.jpg', 'set/가/1.jpg'.normalize('NFD'), 'set/b/2.jpg')
    const { pictures } = await told('set')
    expect(pictures.map(([, name]) => name)).toContain('가'.normalize('NFC'))
  })

  it('follows no loop of links, and each file once', async () => {
    await tree('set/a/1.jpg', 'set/b/2.jpg')
    await symlink(join(root, 'set'), join(root, 'set/b/loop'))
    await symlink(join(root, 'nowhere'), join(root, 'set/b/broken.jpg'))
    expect(await told('set', 'set/a')).toEqual({
      ignored: 1,
      pictures: [
        ['set/a/1.jpg', 'a', null],
        ['set/b/2.jpg', 'b', null],
      ],
    })
  })

  it('says so when a folder is empty or gone', async () => {
    await tree('set/readme.md')
    await expect(told('set')).rejects.toMatchObject({ code: 'folder-empty' })
    await expect(told('gone')).rejects.toMatchObject({ code: 'file-missing' })
  })
})

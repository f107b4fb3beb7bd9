// The ways a tree of folders can be read, and what is offered to choose from.
import { describe, expect, it } from 'vitest'
import { layoutChoices, placePictures } from '../../../../../main/engine/dataset/intake/layout'
import type { Tree, Walked } from '../../../../../main/engine/dataset/intake/walk'
import type { Layout } from '../../../../../shared/dataset'

/** A tree from nested objects: a number stands for so many pictures in a folder. */
type Sketch = { readonly [name: string]: number | Sketch }
function tree(path: string, sketch: Sketch | number): Tree {
  const name = path.split('/').pop()!
  if (typeof sketch === 'number') {
    const pictures = Array.from({ length: sketch }, (_, i) => `${i}.jpg`)
    return { path, name, pictures, folders: [], count: sketch }
  }
  const folders = Object.entries(sketch).map(([inside, rest]) => tree(`${path}/${inside}`, rest))
  const count = folders.reduce((sum, folder) => sum + folder.count, 0)
  return { path, name, pictures: [], folders, count }
}
const walked = (...folders: Tree[]): Walked => ({
  pictures: [],
  folders,
  ignored: [],
  labelFiles: [],
})
const nested = walked(tree('/set', { cats: { tom: 2, tim: 1 }, dogs: { tom: 3 }, empty: 0 }))
const classes = (of: Walked, layout: Layout) => {
  const counts: Record<string, number> = {}
  for (const { className } of placePictures(of, layout).pictures)
    counts[String(className)] = (counts[String(className)] ?? 0) + 1
  return counts
}

describe('layouts', () => {
  it('read nested folders by the first, the last or the whole path', () => {
    expect(classes(nested, { classes: 'top', splits: true })).toEqual({ cats: 3, dogs: 3 })
    expect(classes(nested, { classes: 'inner', splits: true })).toEqual({ tom: 5, tim: 1 })
    expect(classes(nested, { classes: 'path', splits: true })).toEqual({
      'cats/tom': 2,
      'cats/tim': 1,
      'dogs/tom': 3,
    })
    expect(classes(nested, { classes: 'none', splits: true })).toEqual({ null: 6 })
  })

  it('offers what differs, the plain reading first', () => {
    const { choices, nested: deep } = layoutChoices(nested)
    expect(choices.map(({ layout, classCount }) => [layout.classes, classCount])).toEqual([
      ['top', 2],
      ['inner', 2],
      ['path', 3],
      ['none', 0],
    ])
    expect(deep).toBe(true)
    expect(choices[0].classes).toEqual([
      { name: 'cats', count: 3 },
      { name: 'dogs', count: 3 },
    ])
  })

  it('offers no choice where folders are not nested, but one class or none', () => {
    const { choices, nested: deep } = layoutChoices(walked(tree('/set', { cats: 2, dogs: 1 })))
    expect(choices.map(({ layout }) => layout.classes)).toEqual(['top', 'none'])
    expect(deep).toBe(false)
    expect(layoutChoices(walked(tree('/set', 4))).choices.map(({ layout }) => layout)).toEqual([
      { classes: 'top', splits: true },
    ])
  })

  it('suggests the inner folders where the first ones are a single class', () => {
    const one = walked(tree('/set', { photos: { loose: 0, animals: { cats: 2, dogs: 1 } } }))
    expect(layoutChoices(one).choices[0].classCount).toBe(2)
    const beside = walked(tree('/set', { animals: { cats: 2, dogs: 1 } }), tree('/other', 0))
    expect(layoutChoices(beside).choices[0].classCount).toBe(2)
  })

  it('takes splits from folders or ignores them, and never makes classes of them', () => {
    const sets = walked(
      tree('/set', { train: { a: { x: 2 }, b: 1 }, val: { a: 1 }, masks: { a: 3 } }),
    )
    const { choices } = layoutChoices(sets)
    expect(choices[0].splits).toEqual({ train: 3, val: 1, test: 0, none: 0 })
    const without = choices.find(({ layout }) => !layout.splits)!
    expect(without.splits).toEqual({ train: 0, val: 0, test: 0, none: 4 })
    expect(without.classes.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(placePictures(sets, choices[0].layout).beside).toEqual({
      count: 3,
      example: '/set/masks',
    })
  })
})

// What to label next is uncertain, and is not like what has a label or is next as well.
import { describe, expect, it } from 'vitest'
import { diverseOrder } from '../../../../main/engine/suggest/diverseOrder'
import { gaussianKernel, usualDistance } from '../../../../main/engine/suggest/kernel'
import { mostAlike } from '../../../../main/engine/suggest/likeness'
import { nextToLabel } from '../../../../main/engine/suggest/nextToLabel'
import { clouds } from './clouds'

const { matrix, labels, rows } = clouds({ classes: 4, each: 15, apart: 6 })
const even = rows.map(() => 1)

describe('diverseOrder', () => {
  it('takes one of each cloud before a second of any', async () => {
    const input = { matrix, rows, quality: even, known: [], count: 4 }
    const picked = await diverseOrder(input)
    expect(new Set(picked.map((i) => labels[i])).size).toBe(4)
    expect(await diverseOrder(input)).toEqual(picked)
  })

  it('passes over what is like that which is known', async () => {
    const known = rows.filter((row) => labels[row] !== 2)
    const others = rows.filter((row) => !known.includes(row) || row % 8 === 0)
    const quality = others.map(() => 1)
    const [first] = await diverseOrder({ matrix, rows: others, quality, known, count: 1 })
    expect(labels[others[first!]!]).toBe(2)
  })

  it('picks each once and no more than there are', async () => {
    const few = rows.slice(0, 5)
    const quality = few.map(() => 1)
    const picked = await diverseOrder({ matrix, rows: few, quality, known: [], count: 9 })
    expect([...picked].sort()).toEqual([0, 1, 2, 3, 4])
  })

  it('picks where quality squared times what is left of the variance is largest', async () => {
    const quality = rows.map((row) => 1 + (row % 7) / 10)
    const known = [3]
    const [first, second] = await diverseOrder({ matrix, rows, quality, known, count: 2 })
    const k = gaussianKernel(matrix, usualDistance(matrix, [...rows, ...known]))
    const noisy = 1.5
    const one = (i: number) => 1 - k(i, 3) ** 2 / noisy
    const both = (i: number) => {
      const [a, b, c] = [k(i, 3), k(i, first!), k(3, first!)]
      return 1 - (noisy * (a * a + b * b) - 2 * a * b * c) / (noisy ** 2 - c * c)
    }
    const best = (variance: (i: number) => number, of: readonly number[]) =>
      of.reduce((x, y) =>
        quality[y]! ** 2 * variance(y) > quality[x]! ** 2 * variance(x) + 1e-6 ? y : x,
      )
    expect(first).toBe(best(one, rows))
    const left = rows.filter((row) => row !== first)
    expect(second).toBe(best(both, left))
  })
})

describe('nextToLabel', () => {
  it('prefers what the head is unsure of', async () => {
    const unsure = rows.filter((row) => labels[row] === 1)
    const picked = await nextToLabel({
      matrix,
      rows,
      uncertainty: rows.map((row) => (unsure.includes(row) ? 1 : 0)),
      labelled: [],
      count: 3,
      seed: 1,
    })
    for (const i of picked) expect(labels[i]).toBe(1)
  })
})

describe('mostAlike', () => {
  it('puts pictures of the same cloud first, without the picture itself', async () => {
    const found = await mostAlike(matrix, { row: 5, rows, limit: 10 })
    expect(found.length).toBe(10)
    expect(found.map(({ row }) => row)).not.toContain(5)
    expect(found.filter(({ row }) => labels[row] === labels[5]).length).toBeGreaterThan(7)
    const values = found.map((item) => item.likeness)
    expect(values).toEqual([...values].sort((a, b) => b - a))
  })
})

// The next picture to label represents many others, is uncertain and differs from labelled ones.
import { describe, expect, it } from 'vitest'
import { facilityLocation } from '../../../../main/engine/suggest/facilityLocation'
import { mostAlike } from '../../../../main/engine/suggest/likeness'
import { nextToLabel } from '../../../../main/engine/suggest/nextToLabel'
import { clouds } from './clouds'

const { matrix, labels, rows } = clouds({ classes: 4, each: 15, apart: 6 })
const alike = rows.map(() => 1)

describe('facilityLocation', () => {
  it('takes one of each cloud before a second of any', async () => {
    const input = { matrix, rows, weights: alike, covering: [], count: 4 }
    const picked = await facilityLocation(input)
    expect(new Set(picked.map((i) => labels[i])).size).toBe(4)
    expect(await facilityLocation(input)).toEqual(picked)
  })

  it('passes over what is covered', async () => {
    const covering = rows.filter((row) => labels[row] !== 2)
    const others = rows.filter((row) => !covering.includes(row) || row % 8 === 0)
    const [first] = await facilityLocation({
      matrix,
      rows: others,
      weights: others.map(() => 1),
      covering,
      count: 1,
    })
    expect(labels[others[first!]!]).toBe(2)
  })

  it('picks each once and no more than there are', async () => {
    const few = rows.slice(0, 5)
    const input = { matrix, rows: few, weights: few.map(() => 1), covering: [], count: 9 }
    expect([...(await facilityLocation(input))].sort()).toEqual([0, 1, 2, 3, 4])
  })

  it('picks as the plain greedy choice does', async () => {
    const [first, second] = await facilityLocation({
      matrix,
      rows,
      weights: alike,
      covering: [],
      count: 2,
    })
    const unit = rows.map((row) => {
      const own = [...matrix.data.slice(row * matrix.values, (row + 1) * matrix.values)]
      const length = Math.hypot(...own)
      return own.map((value) => value / length)
    })
    const near = (a: number, b: number) =>
      Math.max(
        0,
        unit[a]!.reduce((sum, value, v) => sum + value * unit[b]![v]!, 0),
      )
    const worth = (picks: number[]) =>
      rows.reduce((sum, row) => sum + Math.max(...picks.map((pick) => near(row, pick))), 0)
    const best = (before: number[]) =>
      rows.reduce((a, b) => (worth([...before, b]) > worth([...before, a]) + 1e-4 ? b : a))
    expect(first).toBe(best([]))
    expect(second).toBe(best([first!]))
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
    expect(labels[picked[0]!]).toBe(1)
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

// The features of all looks are concatenated, for pictures that every look could read.
import { describe, expect, it } from 'vitest'
import { FeatureTable } from '../../../../main/engine/suggest/featureTable'
import { fillTable, valuesOf } from '../../../../main/engine/suggest/fillTable'
import type { Features } from '../../../../main/engine/features/features'

/** Picture "n" has n + start, n + start + 1, ... */
function look(length: number, start: number, unreadable: string[] = []): Features {
  return {
    length,
    grid: [1, 1],
    async *fill(samples) {
      await Promise.resolve()
      const total = samples.length
      yield { done: total, total, computed: total, unreadable: [] }
    },
    hashOf: ({ path }) => path,
    readable: (samples) => samples.filter(({ path }) => !unreadable.includes(path)),
    read: async (samples) =>
      Float32Array.from(
        samples.flatMap(({ path }) => Array.from({ length }, (_, v) => Number(path) + start + v)),
      ),
    rest: async () => undefined,
    close: async () => undefined,
  }
}

describe('fillTable', () => {
  it('puts the looks side by side, without what one of them cannot read', async () => {
    const looks = [look(2, 0), look(1, 100, ['1'])]
    const table = new FeatureTable(valuesOf(looks))
    const told: number[] = []
    await fillTable({
      looks,
      table,
      pictures: ['0', '1', '2'].map((id) => ({ id, path: id })),
      signal: new AbortController().signal,
      onProgress: (done) => told.push(done),
    })
    expect(table.values).toBe(3)
    expect([table.row('0'), table.row('1'), table.row('2')]).toEqual([0, undefined, 1])
    // Each column of two rows is brought to -1 and 1.
    expect([...table.matrix.data].map(Math.round)).toEqual([-1, -1, -1, 1, 1, 1])
    expect(told).toEqual([1, 3])
  })
})

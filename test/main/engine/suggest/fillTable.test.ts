// A table holds the features of the pictures that could be read.
import { describe, expect, it } from 'vitest'
import { FeatureTable } from '../../../../main/engine/suggest/featureTable'
import { fillTable } from '../../../../main/engine/suggest/fillTable'
import type { Features } from '../../../../main/engine/features/features'

/** Picture "n" has n, n + 1, ... */
function fakeFeatures(length: number, unreadable: string[] = []): Features {
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
        samples.flatMap(({ path }) => Array.from({ length }, (_, v) => Number(path) + v)),
      ),
    rest: async () => undefined,
    close: async () => undefined,
  }
}

describe('fillTable', () => {
  it('holds a row for each picture that could be read', async () => {
    const features = fakeFeatures(2, ['1'])
    const table = new FeatureTable(features.length)
    const told: number[] = []
    await fillTable({
      features,
      table,
      pictures: ['0', '1', '2'].map((id) => ({ id, path: id })),
      signal: new AbortController().signal,
      onProgress: (done) => told.push(done),
    })
    expect([table.row('0'), table.row('1'), table.row('2')]).toEqual([0, undefined, 1])
    // Each column of two rows is brought to -1 and 1.
    expect([...table.matrix.data].map(Math.round)).toEqual([-1, -1, 1, 1])
    expect(told).toEqual([3])
  })
})

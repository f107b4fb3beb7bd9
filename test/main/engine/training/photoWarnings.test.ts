// What a run says at its start of photos that are too few, of one class or unevenly spread.
import { expect, it } from 'vitest'
import { photoWarnings } from '../../../../main/engine/training/photoWarnings'
import { countsOf } from '../../../../main/engine/plan/sampleCounts'
import { samplesOf } from '../../../../main/engine/plan/samples'

const photos = (className: string, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const path = `/${className}/${i}.jpg`
    return { id: path, path, className, split: null }
  })
const codesOf = (
  counts: Record<string, number>,
  { valFraction = 0.2, solved = false, balanced = false } = {},
) => {
  const pictures = Object.entries(counts).flatMap(([name, count]) => photos(name, count))
  const samples = samplesOf(pictures, { seed: 1, valFraction })
  return photoWarnings({ samples, counts: countsOf(samples), solved, balanced }).map(
    ({ code }) => code,
  )
}

it.each([
  ['enough photos', { a: 60, b: 60 }, {}, []],
  ['nothing to judge by', { a: 60, b: 60 }, { valFraction: 0 }, ['no-validation']],
  ['few to judge by', { a: 20, b: 20 }, {}, ['few-validation']],
  ['the same, judged out of fold', { a: 20, b: 20 }, { solved: true }, []],
  ['one photo of a class', { a: 60, b: 60, c: 1 }, { balanced: true }, ['class-of-one']],
  ['a class that drowns', { a: 200, b: 20 }, {}, ['classes-imbalanced']],
  ['the same, classes weighed', { a: 200, b: 20 }, { balanced: true }, []],
])('%s', (_, counts, how, codes) => {
  expect(codesOf(counts, how)).toEqual(codes)
})

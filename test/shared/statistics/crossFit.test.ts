import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../shared/random'
import { crossFittedGrades, type Judgement } from '../../../shared/statistics/crossFit'
import {
  decodeJudgement,
  encodeJudgement,
  judgedPlaces,
} from '../../../shared/statistics/judgementCode'

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length

/** Candidates that are all right about a photo with the same chance, so that choosing gains nothing. */
function equalCandidates(seed: number, { photos = 49, candidates = 25, accuracy = 0.8 } = {}) {
  const random = seededRandom('equal', seed)
  return Array.from({ length: candidates }, (): Judgement => {
    const right = Array.from({ length: photos }, () => random.next() < accuracy)
    return { right, loss: right.map((isRight) => (isRight ? 0.2 : 1.5) + random.next() / 10) }
  })
}
const labels = Array.from({ length: 49 }, (_, i) => i % 2)

describe('the accuracy of the best of 25 equal candidates', () => {
  const trials = Array.from({ length: 60 }, (_, seed) => equalCandidates(seed))

  it('reads too high where the photos that chose it grade it', () => {
    const best = trials.map((trial) =>
      Math.max(...trial.map(({ right }) => mean(right.map(Number)))),
    )
    expect(mean(best)).toBeGreaterThan(0.88)
  })

  it('is the true one where other photos chose', () => {
    const graded = trials.map((trial) => mean(crossFittedGrades(trial, { labels })))
    // The standard error of this mean is below 0.01.
    expect(Math.abs(mean(graded) - 0.8)).toBeLessThan(0.025)
  })
})

it('grades the best candidate where it is better than the others by far', () => {
  const good: Judgement = { right: labels.map(() => true), loss: labels.map(() => 0.1) }
  const bad: Judgement = { right: labels.map(() => false), loss: labels.map(() => 3) }
  expect(mean(crossFittedGrades([bad, good, bad], { labels }))).toBeCloseTo(1, 12)
})

it('chooses by the loss alone where that chose the model', () => {
  const surer: Judgement = { right: labels.map((_, i) => i % 2 === 0), loss: labels.map(() => 0.3) }
  const righter: Judgement = { right: labels.map(() => true), loss: labels.map(() => 0.6) }
  const grade = (by: 'accuracy' | 'loss') =>
    mean(crossFittedGrades([surer, righter], { labels, by }))
  expect(grade('accuracy')).toBeCloseTo(1, 12)
  expect(grade('loss')).toBeCloseTo(25 / 49, 12)
})

it('chooses by the mean of the classes where it is balanced', () => {
  // Ninety photos of class 0 and ten of class 1.
  const skewed = Array.from({ length: 100 }, (_, i) => (i < 90 ? 0 : 1))
  const onlyLarge: Judgement = { right: skewed.map((c) => c === 0), loss: skewed.map(() => 1) }
  const both: Judgement = {
    right: skewed.map((c, i) => c === 1 || i % 10 < 8),
    loss: skewed.map(() => 1),
  }
  const accuracyOfSmall = (balanced: boolean) =>
    mean(crossFittedGrades([onlyLarge, both], { labels: skewed, balanced }).slice(90))
  expect(accuracyOfSmall(true)).toBeCloseTo(1, 12)
  expect(accuracyOfSmall(false)).toBeCloseTo(0, 12)
})

it('is empty without candidates and without photos', () => {
  expect(crossFittedGrades([], { labels })).toEqual([])
  expect(crossFittedGrades([{ right: [], loss: [] }], { labels: [] })).toEqual([])
})

describe('a judgement as text', () => {
  it('comes back with the loss within 3 %', () => {
    const judgement = { right: [true, false, true], loss: [0.004, 2.31, 0.7] }
    const text = encodeJudgement(judgement)
    expect(text).toHaveLength(6)
    const back = decodeJudgement(text, 3)!
    expect(back.right).toEqual(judgement.right)
    judgement.loss.forEach((loss, i) =>
      expect(Math.abs(back.loss[i]! - loss)).toBeLessThan(0.02 + 0.03 * loss),
    )
  })

  it('says which photos could not be read', () => {
    const text = encodeJudgement({ right: [true, false], loss: [0, NaN] })
    expect(text).toBe('80--')
    expect(decodeJudgement(text, 2)).toEqual({ right: [true, false], loss: [0, NaN] })
  })

  it('is kept of 5000 photos at most, spread evenly', () => {
    expect(judgedPlaces(3)).toEqual([0, 1, 2])
    const places = judgedPlaces(12_000)
    expect(new Set(places).size).toBe(5000)
    expect(places.slice(-1)[0]).toBeGreaterThan(11_990)
    expect(judgedPlaces(0)).toEqual([])
  })

  it('is refused where it is not one of these photos', () => {
    expect(decodeJudgement('80ff', 3)).toBeNull()
    expect(decodeJudgement('zz', 1)).toBeNull()
  })
})

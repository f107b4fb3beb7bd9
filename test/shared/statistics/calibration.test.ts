import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../shared/random'
import {
  crossFittedCalibrationError,
  expectedCalibrationError,
  fitTemperature,
  type ScoredPhotos,
} from '../../../shared/statistics/calibration'

/** Photos whose labels are drawn from softmax(logits), then the logits made `factor` times too large. */
function overconfident(factor: number, photos = 4000, classes = 3): ScoredPhotos {
  const random = seededRandom('calibration', factor)
  const logits = new Float32Array(photos * classes)
  const labels = Array.from({ length: photos }, (_, i) => {
    const row = Array.from({ length: classes }, () => 1.5 * random.normal())
    const sum = row.reduce((total, value) => total + Math.exp(value), 0)
    let left = random.next() * sum
    let label = 0
    while (label < classes - 1 && (left -= Math.exp(row[label]!)) > 0) label++
    row.forEach((value, c) => (logits[i * classes + c] = value * factor))
    return label
  })
  return { logits, labels, classes }
}

describe('temperature', () => {
  it.each([0.5, 1, 3])('finds that logits are %s times too large', (factor) => {
    expect(fitTemperature(overconfident(factor)) / factor).toBeGreaterThan(0.93)
    expect(fitTemperature(overconfident(factor)) / factor).toBeLessThan(1.07)
  })

  it('stays finite where every photo is right', () => {
    const logits = Float32Array.from([3, 0, 3, 0, 0, 3])
    const temperature = fitTemperature({ logits, labels: [0, 0, 1], classes: 2 })
    expect(temperature).toBeGreaterThan(0.2)
    expect(temperature).toBeLessThan(1.2)
  })

  it('is 1 without photos', () => {
    expect(fitTemperature({ logits: new Float32Array(0), labels: [], classes: 2 })).toBe(1)
  })
})

describe('calibration error', () => {
  it('is the difference between confidence and accuracy, by hand', () => {
    // Two photos at confidence 0.9 of which one is right, one at 0.6 that is right.
    const confident = (p: number) => Math.log(p / (1 - p))
    const logits = Float32Array.from([confident(0.9), 0, confident(0.9), 0, confident(0.6), 0])
    const error = expectedCalibrationError({ logits, labels: [0, 1, 0], classes: 2 })
    expect(error).toBeCloseTo((Math.abs(1.8 - 1) + Math.abs(0.6 - 1)) / 3, 5)
  })

  it('falls once the temperature of the other folds is taken away', () => {
    const photos = overconfident(3)
    expect(expectedCalibrationError(photos)).toBeGreaterThan(0.1)
    expect(crossFittedCalibrationError(photos)).toBeLessThan(0.035)
  })
})

// What a run says of itself at its end: a figure that did not choose its model, and answers as sure as they
// are right. Seen in the weights that it leaves.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { evaluateSamples, openModel, predictPaths } from '../../../../main/engine/evaluation/model'
import type { Samples } from '../../../../main/engine/plan/samples'
import { crossFittedFigure } from '../../../../shared/statistics/figures'
import { decodeJudgement } from '../../../../shared/statistics/judgementCode'
import { temporaryFolder } from '../weights/temporaryFolder'
import { eventsOf, leafRun, leafSamples } from './leafRun'

const { folder: root } = temporaryFolder()
let samples: Samples
let run: Awaited<ReturnType<typeof leafRun>>
const frozen = ['stem', 'layer1', 'layer2'] as ('stem' | 'layer1' | 'layer2')[]

beforeAll(async () => {
  samples = await leafSamples(root)
  run = await leafRun({ root, name: 'run', samples, request: { epochs: 12, frozen } })
})
const finishedOf = ({ events }: typeof run) => eventsOf(events, 'finished')[0]!

it('each epoch keeps what it said of each validation photo, and the figure is made of that', () => {
  const labels = samples.val.map(({ label }) => label)
  const epochs = eventsOf(run.events, 'epoch')
  const judged = epochs.map((epoch) => decodeJudgement(epoch.judged, labels.length)!)
  epochs.forEach(({ valAccuracy }, i) =>
    expect(judged[i]!.right.filter(Boolean).length / labels.length).toBeCloseTo(valAccuracy, 9),
  )
  const { figure, chosenBy } = finishedOf(run)
  expect(figure).toEqual(crossFittedFigure(judged, { labels }))
  expect(figure).toMatchObject({ kind: 'crossFitted', photos: labels.length })
  expect(chosenBy).toBe('accuracy')
})

it('the temperature is in the weights that are kept: the epoch was that much surer', async () => {
  const { calibration, bestEpoch } = finishedOf(run)
  const { temperature } = calibration!
  expect(Math.abs(Math.log(temperature))).toBeGreaterThan(0.01)
  const best = eventsOf(run.events, 'epoch').find(({ epoch }) => epoch === bestEpoch)!
  const model = await openModel(run.folder)
  const paths = samples.val.map(({ path }) => path)
  const predictions = await predictPaths(model, paths)
  model.inference.dispose()
  const meanLoss = (power: number) =>
    predictions.reduce((sum, { scores }, i) => {
      const name = samples.classes[samples.val[i]!.label]
      const raised = scores.map(({ label, score }) => ({ label, score: score ** power }))
      const all = raised.reduce((total, { score }) => total + score, 0)
      return sum - Math.log(raised.find(({ label }) => label === name)!.score / all)
    }, 0) / predictions.length
  expect(meanLoss(temperature)).toBeCloseTo(best.valLoss, 3)
  expect(meanLoss(1)).toBeLessThan(meanLoss(temperature))
})

it('test photos give the figure where there are any: judged once, by the kept weights', async () => {
  const test = samples.train.filter((_, i) => i % 3 === 0)
  const train = samples.train.filter((_, i) => i % 3 !== 0)
  const broken = join(root, 'broken.png')
  writeFileSync(broken, 'no picture')
  const unreadable = { id: 'broken', path: broken, label: 0 }
  const held = { ...samples, train, test: [...test, unreadable] }
  const tested = await leafRun({ root, name: 'tested', samples: held })
  const model = await openModel(tested.folder)
  const { accuracy } = await evaluateSamples(model, test, { split: 'test' })
  model.inference.dispose()
  expect(finishedOf(tested).figure).toMatchObject({
    kind: 'heldOut',
    accuracy,
    photos: test.length,
  })
})

it('with class weights the epoch that is best for every class alike is kept, and the record says so', async () => {
  const small = samples.val.findIndex(({ label }) => label === 1)
  // One validation photo of class 1, all of class 0.
  const val = samples.val.filter(({ label }, i) => label === 0 || i === small)
  const weighted = await leafRun({
    root,
    name: 'weighted',
    samples: { ...samples, val },
    request: { epochs: 6, balance: 'weights', frozen },
  })
  const epochs = eventsOf(weighted.events, 'epoch')
  epochs.forEach(({ judged, valBalancedAccuracy }) => {
    const { right } = decodeJudgement(judged, val.length)!
    const share = (label: number) => {
      const own = right.filter((_, i) => val[i]!.label === label)
      return own.filter(Boolean).length / own.length
    }
    expect(valBalancedAccuracy).toBeCloseTo((share(0) + share(1)) / 2, 9)
  })
  const highest = Math.max(...epochs.map((epoch) => epoch.valBalancedAccuracy!))
  const { bestEpoch, chosenBy } = finishedOf(weighted)
  expect(chosenBy).toBe('balancedAccuracy')
  expect(epochs[bestEpoch - 1]!.valBalancedAccuracy).toBe(highest)
})

it('without validation photos the last epoch is kept, and nothing is said of how good it is', async () => {
  const blind = await leafRun({ root, name: 'blind', samples: { ...samples, val: [] } })
  expect(finishedOf(blind)).toMatchObject({ bestEpoch: 3, figure: null, calibration: null })
})

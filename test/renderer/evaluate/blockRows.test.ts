// What the block panel draws of the measured accuracies.
import { expect, it } from 'vitest'
import { rowsOf } from '../../../renderer/evaluate/blockRows'

const effects = (...accuracies: number[]) => ({
  runId: 'r',
  pictures: 8,
  accuracy: 0.75,
  blocks: accuracies.map((accuracy, i) => ({ block: `layer1.${i}`, accuracy })),
})

it('tells what is lost without a block, with bars in proportion to the largest change', () => {
  expect(rowsOf(effects(0.25, 0.75, 1))).toEqual([
    { block: 'layer1.0', loss: 0.5, width: 1 },
    { block: 'layer1.1', loss: 0, width: 0 },
    { block: 'layer1.2', loss: -0.25, width: 0.5 },
  ])
})

it('draws nothing where nothing changes, and nothing of no blocks', () => {
  expect(rowsOf(effects(0.75))).toEqual([{ block: 'layer1.0', loss: 0, width: 0 }])
  expect(rowsOf(effects())).toEqual([])
})

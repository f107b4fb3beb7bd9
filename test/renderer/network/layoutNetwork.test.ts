// The drawing: nothing leaves the sheet, nothing overlaps, and 36 blocks of a stage still fit.
import { describe, expect, it } from 'vitest'
import { layoutNetwork } from '../../../renderer/network/layoutNetwork'
import type { BlockPicture, NetworkPicture, Stage } from '../../../shared/network'

const block = (name: string): BlockPicture => ({
  name,
  shortcut: 'identity',
  convolutions: [],
  output: [7, 7, 64],
  parameters: 1,
  multiplyAdds: 1,
})
function network(counts: readonly number[]): NetworkPicture {
  const names: readonly Stage[] = ['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head']
  const stages = names.map((stage, i) => {
    const count = counts[i - 1] ?? 0
    const blocks = Array.from({ length: i === 0 ? 0 : count }, (_, k) => block(`${stage}.${k}`))
    return {
      stage,
      parameters: 10,
      multiplyAdds: count * 100,
      output: [7, 7, 64] as [number, number, number],
      blocks,
    }
  })
  return {
    architecture: 'resnet152',
    cut: null,
    size: 224,
    classes: 4,
    parameters: 60,
    multiplyAdds: 1,
    stages,
  }
}

describe('layoutNetwork', () => {
  it.each([[900], [560]])(
    'keeps the 50 blocks of ResNet-152 apart and on a sheet of %i px',
    (width) => {
      const drawing = layoutNetwork(network([3, 8, 36, 3]), width)
      expect(drawing.width).toBeLessThanOrEqual(width)
      const blocks = drawing.stages.flatMap((stage) => stage.blocks)
      expect(blocks).toHaveLength(50)
      for (const a of blocks) {
        expect(a.size).toBeGreaterThanOrEqual(10)
        expect(a.y + a.size).toBeLessThan(drawing.height)
        const over = blocks.filter(
          (b) => b !== a && Math.abs(a.x - b.x) < a.size && Math.abs(a.y - b.y) < a.size,
        )
        expect(over).toEqual([])
      }
    },
  )
  it('gives the larger share of compute the larger width, but room for every name', () => {
    const [, one, , three] = layoutNetwork(network([2, 2, 20, 2]), 900).stages
    expect(three!.width).toBeGreaterThan(one!.width)
    expect(one!.width).toBeGreaterThanOrEqual(48)
  })
  it('has a place for the handle before every stage and none after the head', () => {
    const { boundaries } = layoutNetwork(network([3, 4, 6, 3]), 900)
    expect(boundaries).toHaveLength(6)
    expect([...boundaries].sort((a, b) => a - b)).toEqual(boundaries)
  })
})

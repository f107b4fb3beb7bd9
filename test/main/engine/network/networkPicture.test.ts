// The picture of a network has the right totals and kinds of shortcuts.
import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../../../main/engine/network/family'
import { networkParameters } from '../../../../main/engine/network/layers'
import { elementCount } from '../../../../main/engine/network/tensor'
import { pictureOf } from '../../../../main/engine/network/networkPicture'
import { architectures, type Architecture } from '../../../../shared/network'

const build = (architecture: Architecture, classes = 1000, size = 224) =>
  buildNetwork({ architecture, size, classes })
const countTrained = (network: ReturnType<typeof build>) =>
  networkParameters(network).reduce(
    (sum, { shape, statistic }) => sum + (statistic ? 0 : elementCount(shape)),
    0,
  )

describe('picture', () => {
  it.each(architectures)('%s: stages and blocks add up', (architecture) => {
    const picture = pictureOf(build(architecture, 10, 64), 10)
    const total = (
      key: 'parameters' | 'multiplyAdds',
      list: readonly { parameters: number; multiplyAdds: number }[],
    ) => list.reduce((sum, item) => sum + item[key], 0)
    for (const key of ['parameters', 'multiplyAdds'] as const) {
      expect(total(key, picture.stages)).toBe(picture[key])
      for (const { stage, blocks, ...own } of picture.stages) {
        // A v2 network's last norm belongs to the last stage, but to none of its blocks.
        if (stage.startsWith('layer') && !architecture.endsWith('v2'))
          expect(total(key, blocks)).toBe(own[key])
      }
    }
    expect(picture.parameters).toBe(countTrained(build(architecture, 10, 64)))
  })

  it('resnet50 takes 4.09 thousand million multiply-adds at 224', () => {
    expect(pictureOf(build('resnet50'), 1000).multiplyAdds / 1e9).toBeCloseTo(4.09, 2)
  })

  it('names each shortcut for what it is', () => {
    const shortcuts = (architecture: Architecture) =>
      pictureOf(build(architecture, 2, 64), 2)
        .stages.flatMap(({ blocks }) => blocks.slice(0, 2).map(({ shortcut }) => shortcut))
        .slice(0, 4)
    expect(shortcuts('resnet18')).toEqual(['identity', 'identity', 'projection', 'identity'])
    expect(shortcuts('resnet20')).toEqual(['identity', 'identity', 'padding', 'identity'])
    expect(shortcuts('resnet50')).toEqual(['projection', 'identity', 'projection', 'identity'])
  })
})

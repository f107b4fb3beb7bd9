// @vitest-environment happy-dom
// A stage's card says what the run will do with it, as the plan has it.
import { mount } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import StageCards from '../../../renderer/network/StageCards.vue'
import { i18n } from '../../../renderer/locales/i18n'
import type { NetworkPicture, Stage } from '../../../shared/network'
import { RunConfig, type RunRequest } from '../../../shared/runConfig'
import type { RunPlan } from '../../../shared/runPlan'
import { planOf } from '../train/engine'

const stages: Stage[] = ['stem', 'layer1', 'head']
const picture = {
  stages: stages.map((stage) => ({ stage, parameters: 1, blocks: [] })),
} as unknown as NetworkPicture

function cards(request: RunRequest, frozen: Stage[], plan: RunPlan | null = null) {
  const shown = mount(StageCards, {
    props: { picture, frozen, prefix: frozen.length, config: RunConfig.parse(request), plan },
    global: { plugins: [i18n] },
  })
  return Object.fromEntries(
    stages.map((stage) => [stage, shown.get(`[data-testid=stage-${stage}]`).text()]),
  ) as Record<Stage, string>
}
beforeEach(() => (i18n.global.locale.value = 'en'))

test('rates and batch norms are those of the plan', () => {
  const plan = planOf({
    trains: ['layer1', 'head'],
    multipliers: { layer1: 0.37, head: 1 },
    batchStatistics: [],
  })
  const { layer1, head } = cards({ frozen: ['stem'] }, ['stem'], plan)
  expect(layer1).toContain('rate × 0.37')
  expect(layer1).toContain('BN: kept')
  expect(head).toContain('rate × 1')
  const learns = cards({ frozen: ['stem'] }, ['stem'], { ...plan, batchStatistics: ['layer1'] })
  expect(learns.layer1).toContain('BN: learns')
})

test('a plan of other stages does not count; until there is one the configuration of the last leg does', () => {
  const stale = planOf({ trains: ['head'], multipliers: { head: 1 } })
  const leg = { epochs: 1, frozen: ['stem' as const] }
  const legs = [{ ...leg }, { ...leg, multipliers: { layer1: 0.02 } }]
  expect(cards({ legs }, ['stem'], stale).layer1).toContain('rate × 0.02')
  expect(cards({ frozen: ['stem'], batchNorm: { layer1: 'moving' } }, ['stem']).layer1).toContain(
    'BN: kept',
  )
})

test('from a random start every stage learns at the full rate', () => {
  expect(cards({ weights: null, frozen: [] }, []).stem).toContain('rate × 1')
})

test('a head that is solved has no learning rate', () => {
  const { head } = cards({ solver: 'exact' }, ['stem', 'layer1'])
  expect(head).toContain('solved, no learning rate')
  expect(cards({ solver: 'exact', frozen: ['stem'] }, ['stem']).head).toContain('rate × 1')
})

// Putting runs into the queue: the present choices as they are, or one of the ready-made questions.
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { WeightsChoice } from '../../shared/network'
import type { RunConfig } from '../../shared/runConfig'
import { call } from '../api'
import { useChoices } from '../stores/choices'
import { useNotices } from '../stores/notices'
import { baseOf } from '../stores/presetChoice'
import { useQueue } from '../stores/queue'
import { byDepth, byFreezing, bySeeds, type Asked, type Question } from './questions'

export function useQueueing() {
  const { t } = useI18n({ useScope: 'global' })
  const choices = useChoices()
  const queue = useQueue()
  const notices = useNotices()

  const possible = computed(() => choices.plan !== null)
  const depths = computed(() => byDepth(choices.config, choices.weights).length)

  async function add(items: readonly { readonly label: string; readonly config: RunConfig }[]) {
    const plain = items.map(({ label, config }) => ({ label: label.slice(0, 200), config }))
    if (await queue.add(plain)) notices.say(t('queue.added', { n: items.length }, items.length))
  }
  const labelled = <T>(asked: readonly Asked<T>[], label: (about: T) => string) =>
    asked.map(({ about, config }) => ({ label: label(about), config }))

  /** "Balanced, ResNet-18"; changed by hand it has no preset's name. */
  function addPresent() {
    const config = choices.plainConfig()
    const how = config.preset ? t(`presets.${config.preset}`) : t('presets.own')
    const what = choices.architecture?.replace('resnet', 'ResNet-') ?? ''
    return add([{ label: [how, what].filter(Boolean).join(', '), config }])
  }

  async function ask(question: Question) {
    const config = choices.plainConfig()
    const present = choices.network?.stages.map(({ stage }) => stage) ?? []
    switch (question) {
      case 'depth':
        return add(
          labelled(await Promise.all(byDepth(config, choices.weights).map(suited)), (weights) =>
            weights.architecture.replace('resnet', 'ResNet-'),
          ),
        )
      case 'freezing':
        return add(labelled(byFreezing(config, present), (part) => t(`queue.freezing.${part}`)))
      case 'seeds':
        return add(labelled(bySeeds(config), (seed) => t('queue.seed', { seed })))
    }
  }

  /** The same preset as it would be for these weights, where a preset is what is chosen. */
  async function suited(asked: Asked<WeightsChoice>): Promise<Asked<WeightsChoice>> {
    const { preset } = asked.config
    if (preset === null) return asked
    const offers = await notices.attempt(() => call('run.presets', baseOf(asked.config)))
    const offer = offers?.find((each) => each.preset === preset)
    return offer ? { ...asked, config: offer.config } : asked
  }

  return { possible, depths, addPresent, ask }
}

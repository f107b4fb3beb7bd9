// Title and source of weights. Those of published weights are names, the same in every language; the
// window has its own words for the weights that the app ships.
import { useI18n } from 'vue-i18n'
import type { WeightsChoice } from '../../shared/network'

export function useWeightsText() {
  const { t, te } = useI18n({ useScope: 'global' })
  const own = (id: string, part: 'title' | 'source', other: string) =>
    te(`shippedWeights.${id}.${part}`) ? t(`shippedWeights.${id}.${part}`) : other
  return {
    titleOf: ({ id, title }: Pick<WeightsChoice, 'id' | 'title'>) => own(id, 'title', title),
    sourceOf: ({ id, source }: Pick<WeightsChoice, 'id' | 'source'>) => own(id, 'source', source),
  }
}

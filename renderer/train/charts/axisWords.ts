// How a place on the horizontal axis is written and said.
import { useI18n } from 'vue-i18n'
import { formatClock } from '../../locales/format'
import { asPenalty } from './chartFormats'
import type { Axis } from './curves'
import { penaltyAt } from './headCurves'

export function useAxisWords() {
  const { t, locale } = useI18n({ useScope: 'global' })
  /** Short enough for a tick. */
  function tick(by: Axis, x: number): string {
    if (by === 'time') return formatClock(x)
    if (by === 'penalty') return asPenalty(penaltyAt(x))
    return x.toLocaleString(locale.value, { maximumFractionDigits: 2 })
  }
  return {
    tick,
    /** "step 1,200". */
    place: (by: Axis, x: number) => t(`trainRoom.at.${by}`, { x: tick(by, x) }),
    axis: (by: Axis) => t(`trainRoom.axis.${by}`),
  }
}

// How a place on the horizontal axis is written and said.
import { useI18n } from 'vue-i18n'
import { formatClock } from '../../locales/format'
import type { By } from './curves'

export function useAxisWords() {
  const { t, locale } = useI18n({ useScope: 'global' })
  /** Short enough for a tick. */
  const tick = (by: By, x: number) =>
    by === 'time' ? formatClock(x) : x.toLocaleString(locale.value, { maximumFractionDigits: 2 })
  return {
    tick,
    /** "step 1,200". */
    place: (by: By, x: number) => t(`trainRoom.at.${by}`, { x: tick(by, x) }),
    axis: (by: By) => t(`trainRoom.axis.${by}`),
  }
}

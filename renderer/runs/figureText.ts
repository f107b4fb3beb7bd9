// What a run's figure means, in words: how it was judged, by which photos, and what "90 % sure" is worth. Used
// wherever a figure is shown, so that it reads the same everywhere.
import { useI18n } from 'vue-i18n'
import type { Calibration, Figure } from '../../shared/figure'
import type { RunSummary } from '../../shared/runList'
import type { RunState } from '../../shared/runState'
import { formatInterval, formatShare } from '../locales/format'

type Judged = Pick<RunSummary, 'figure' | 'bestValAccuracy' | 'status'>

export function useFigureText() {
  const { t, locale } = useI18n({ useScope: 'global' })
  const count = (n: number) => n.toLocaleString(locale.value)

  /** "91 % ± 3" */
  const short = (figure: Figure) => formatInterval(figure, t('figure.to'))

  /** "from 398 photos, each judged by heads that had not seen it" */
  const judgedHow = (figure: Figure) =>
    t(`figure.${figure.kind}`, { n: count(figure.photos) }, figure.photos)

  const whole = (figure: Figure) => `${short(figure)}, ${judgedHow(figure)}`

  /** A run in a list: its figure, or the best epoch's accuracy, which chose itself once the run has ended. */
  function ofSummary({ figure, bestValAccuracy, status }: Judged) {
    if (figure) return { value: short(figure), note: null, says: whole(figure) }
    if (bestValAccuracy === null) return { value: '-', note: null, says: '' }
    const hasEnded = status === 'finished' || status === 'stopped' || status === 'failed'
    return {
      value: formatShare(bestValAccuracy),
      note: hasEnded ? t('figure.choseItself') : null,
      says: hasEnded ? t('figure.choseItselfWhy') : '',
    }
  }

  /** "When it says 90 %, expect 87 to 93 of 100 to be right" */
  function calibration({ errorBefore, errorAfter }: Calibration): string {
    const [from, to] = [90 - 100 * errorAfter, Math.min(100, 90 + 100 * errorAfter)].map(Math.round)
    const expected = from === to ? String(to) : t('figure.range', { from: from!, to: to! })
    const [before, after] = [errorBefore, errorAfter].map((error) => (100 * error).toFixed(1))
    const key = errorAfter < errorBefore ? 'calibration' : 'uncalibrated'
    return t(`figure.${key}`, { expected, before: before!, after: after! })
  }

  /** Which photos taught, chose and judged; null: not known yet. */
  function photos({ started, finished, best }: RunState): string | null {
    if (!started) return null
    const { trainPhotos, valPhotos } = started.plan
    const figure = finished?.figure ?? null
    const named = {
      train: count(trainPhotos),
      val: count(valPhotos),
      all: count(trainPhotos + valPhotos),
      judged: count(figure?.photos ?? 0),
    }
    if (figure) return t(`figure.photos.${figure.kind}`, named)
    return best ? t('figure.photos.training', named) : null
  }

  return { short, judgedHow, whole, ofSummary, calibration, photos }
}

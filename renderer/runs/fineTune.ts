// What the primary button would do now, said in words, and doing it. With too little data it says
// what is missing instead; while a run goes on it leads to that run.
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { stages, type Stage } from '../../shared/network'
import { isSolved, isTuned } from '../../shared/runConfig'
import type { RunPlan } from '../../shared/runPlan'
import { useFailureText } from '../locales/failureText'
import { formatForetold } from '../locales/format'
import { useChoices } from '../stores/choices'
import { useDataset } from '../stores/dataset'
import { useRoom } from '../stores/room'
import { useRuns } from '../stores/runs'
import { isHeadAlone } from './exactHead'

export function useFineTune() {
  const { t, locale } = useI18n({ useScope: 'global' })
  const choices = useChoices()
  const dataset = useDataset()
  const runs = useRuns()
  const room = useRoom()
  const failureText = useFailureText()

  const possible = computed(() => !runs.active && runs.asking === null && choices.plan !== null)

  const sentence = computed(() => {
    if (runs.active) return t('top.runs')
    if (choices.planError) return failureText(choices.planError).message
    const plan = choices.plan
    if (plan) return sentenceOf(plan)
    if (!dataset.pictures.length) return t('top.needsPhotos')
    return dataset.usableClasses.length < 2 ? t('top.needsClasses') : t('top.planning')
  })

  const time = computed(() => {
    const seconds = choices.plan?.secondsTotal
    if (runs.active || choices.planError || seconds === null || seconds === undefined) return null
    return t('common.about', {
      time: formatForetold(seconds, locale.value),
    })
  })

  const caption = computed(() => {
    if (runs.asking === 'start') return t('top.starting')
    if (runs.state?.status === 'paused') return t('top.paused')
    return runs.active ? t('top.running') : t('top.fineTune')
  })

  function sentenceOf({ trains, trainPhotos: photos, valPhotos, legs }: RunPlan): string {
    const n = photos.toLocaleString(locale.value)
    if (legs.length > 1) return t('top.trainsLegs', { n, legs: legsInWords(legs) }, photos)
    if (isSolved(choices.config, trains)) {
      // Each photo teaches some of the heads and judges others; all of them teach the last.
      const all = photos + valPhotos
      return t('top.solvesHead', { n: all.toLocaleString(locale.value) }, all)
    }
    if (isTuned(choices.config, trains)) {
      const stages = inWords(trains.filter((stage) => stage !== 'head'))
      return t('top.tunes', { n, stages }, photos)
    }
    if (isHeadAlone(trains)) return t('top.trainsHead', { n }, photos)
    if (trains.length === stages.length) return t('top.trainsAll', { n }, photos)
    return t('top.trains', { n, stages: inWords(trains) }, photos)
  }
  function inWords(trains: readonly Stage[]): string {
    if (isHeadAlone(trains)) return t('top.legHead')
    if (trains.length === stages.length) return t('top.legAll')
    return trains.map((stage) => t(`stage.${stage}`)).join(', ')
  }
  /** "the head, then layer 4"; of more than three legs only the first and where they lead. */
  function legsInWords(legs: RunPlan['legs']): string {
    const first = inWords(legs[0]!.trains)
    if (legs.length > 3) {
      const next = inWords(legs.at(-1)!.trains)
      return t('top.legMany', { before: first, n: legs.length - 1, next })
    }
    return legs.slice(1).reduce((before, { trains }, index) => {
      const known = legs[index]!.trains
      const fresh = trains.filter((stage) => !known.includes(stage))
      const whole = trains.length === stages.length && fresh.length > 1
      const next = fresh.length ? inWords(whole ? trains : fresh) : t('top.legSame')
      return t('top.legThen', { before, next })
    }, first)
  }

  async function begin() {
    if (runs.active) return room.go('train')
    if (!possible.value) return
    const here = room.current
    // Who has gone elsewhere meanwhile is left there.
    if ((await runs.start()) && room.current === here) room.go('train')
  }

  return { possible, sentence, time, caption, begin }
}

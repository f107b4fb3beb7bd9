// The three presets as they would go here. They are asked for anew when weights or photos change; as
// long as no knob was turned, the choices follow the preset that was picked, else the recommended one.
import { useTimeoutFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Preset } from '../../shared/runConfig'
import type { PresetOffer, RunPlan } from '../../shared/runPlan'
import { isEnd } from '../../shared/runState'
import { call, CallFailed, on } from '../api'
import { createLatest } from '../latest'
import { useChoices } from './choices'
import { useDataset } from './dataset'
import { useEngine } from './engine'
import { useNotices } from './notices'
import { baseOf, withBase } from './presetChoice'

const patience = 400

export const usePresets = defineStore('presets', () => {
  const choices = useChoices()
  const dataset = useDataset()
  const engine = useEngine()
  const { fail } = useNotices()

  const offers = shallowRef<readonly PresetOffer[]>([])
  /** Why there are none: said beside the cards, never as a toast. */
  const problem = shallowRef<CallFailed | null>(null)
  const asking = ref(false)
  /** null: whichever is recommended. */
  const picked = ref<Preset | null>(null)

  const offerOf = (preset: Preset) => offers.value.find((offer) => offer.preset === preset) ?? null
  /** What a preset would do: of the chosen one the plan of the choices, so that its card and the button
   *  above never say different times. */
  function planOf(preset: Preset): RunPlan | null {
    const isChosen = choices.config.preset === preset && !choices.changedByHand
    return (isChosen && choices.plan) || (offerOf(preset)?.plan ?? null)
  }
  const recommended = computed(() => offers.value.find((offer) => offer.recommended) ?? null)

  /** A random start has nothing to keep, which is what presets are about. */
  const answerable = computed(
    () => engine.ready && dataset.usableClasses.length >= 2 && choices.config.weights !== null,
  )
  const question = computed(() =>
    answerable.value
      ? JSON.stringify([dataset.snapshot?.projectId, dataset.revision, baseOf(choices.config)])
      : null,
  )

  const beginQuestion = createLatest()
  const askSoon = useTimeoutFn((isLatest: () => boolean) => void ask(isLatest), patience, {
    immediate: false,
  })
  watch(question, askAnew, { immediate: true })
  function askAnew() {
    // Whatever is still being asked is about something else from now on.
    const isLatest = beginQuestion()
    asking.value = question.value !== null
    if (question.value === null) {
      askSoon.stop()
      offers.value = []
      problem.value = null
    } else askSoon.start(isLatest)
  }
  // A run that has ended leaves cached features and tells how long work takes here.
  on('run.event', ({ type }) => {
    if (isEnd(type)) askAnew()
  })

  async function ask(isLatest: () => boolean) {
    try {
      const found = await call('run.presets', baseOf(choices.plainConfig()))
      if (!isLatest()) return
      offers.value = found
      problem.value = null
      follow()
    } catch (reason) {
      if (!isLatest()) return
      offers.value = []
      problem.value = reason instanceof CallFailed ? reason : null
      if (!problem.value) fail(reason)
    }
    asking.value = false
  }

  function follow() {
    if (choices.changedByHand) return
    const offer = (picked.value && offerOf(picked.value)) ?? recommended.value
    if (offer) take(offer)
  }
  const take = (offer: PresetOffer) =>
    choices.adopt({ ...withBase(offer.config, choices.config), preset: offer.preset }, offer.plan)

  /** Sets every knob as the preset has it. */
  function choose(preset: Preset) {
    const offer = offerOf(preset)
    if (!offer) return
    picked.value = preset
    take(offer)
  }

  return { offers, problem, asking, answerable, recommended, offerOf, planOf, choose }
})

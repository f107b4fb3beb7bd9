// How the next run will be trained, and what that costs. `config` is edited freely by the Network and
// Train rooms; the plan follows it and the data set after a pause, and a late answer never wins.
import { useTimeoutFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { EventPayload } from '../../shared/contract'
import type { Architecture, NetworkPicture, Stage, WeightsChoice } from '../../shared/network'
import { RunConfig } from '../../shared/runConfig'
import type { RunPlan } from '../../shared/runPlan'
import { isEnd } from '../../shared/runState'
import { call, CallFailed, on } from '../api'
import { createLatest } from '../latest'
import { useDataset } from './dataset'
import { useEngine } from './engine'
import { useNotices } from './notices'
import { sameKnobs } from './presetChoice'

const patience = 200
/** A plan is not asked for again sooner than this many times what the last one took, but for so many
 *  milliseconds at most: the first one measures the computer, and nobody waits thrice for that. */
const rest = 3
const longestRest = 2000

export const useChoices = defineStore('choices', () => {
  const dataset = useDataset()
  const engine = useEngine()
  const { attempt, fail } = useNotices()

  const config = ref<RunConfig>(RunConfig.parse({}))
  /** What was last set as a whole: the defaults, then what a preset gave. */
  const adopted = shallowRef<RunConfig>(RunConfig.parse({}))
  /** Whether a knob was turned since. */
  const changedByHand = computed(() => !sameKnobs(config.value, adopted.value))
  const plan = shallowRef<RunPlan | null>(null)
  /** Why there is no plan: shown beside the button, never as a toast. */
  const planError = shallowRef<CallFailed | null>(null)
  const planning = ref(false)
  const weights = shallowRef<readonly WeightsChoice[]>([])
  const downloads = shallowRef<ReadonlyMap<string, EventPayload<'weights.progress'>>>(new Map())
  const network = shallowRef<NetworkPicture | null>(null)

  const chosenWeights = computed(
    () => weights.value.find(({ id }) => id === config.value.weights) ?? null,
  )
  const architecture = computed(
    () => config.value.architecture ?? chosenWeights.value?.architecture ?? null,
  )
  const cut = computed(() => config.value.cut ?? chosenWeights.value?.cut ?? null)
  const size = computed(() => config.value.size ?? chosenWeights.value?.size ?? 224)
  const classCount = computed(() => Math.max(1, dataset.usableClasses.length))

  /** Runs `ask` for the newest question only; `settle` never sees an answer that was overtaken. */
  function newestOnly<T>(ask: () => Promise<T>, settle: (value: T | null, error: unknown) => void) {
    const beginQuestion = createLatest()
    return async () => {
      const isLatest = beginQuestion()
      try {
        const value = await ask()
        if (isLatest()) settle(value, null)
      } catch (reason) {
        if (isLatest()) settle(null, reason)
      }
    }
  }

  /** Milliseconds that the last plan took: with 60,000 photos the engine is busy with it for long. */
  let took = 0
  const askPlan = newestOnly(
    async () => {
      const began = performance.now()
      try {
        return await call('run.plan', plainConfig())
      } finally {
        took = performance.now() - began
      }
    },
    (value, reason) => {
      planning.value = false
      plan.value = value
      planError.value = reason instanceof CallFailed ? reason : null
      if (reason && !planError.value) fail(reason)
    },
  )
  const askNetwork = newestOnly(
    async () =>
      architecture.value &&
      call('network.describe', {
        architecture: architecture.value,
        flavour: chosenWeights.value?.flavour,
        cut: cut.value,
        size: size.value,
        classes: classCount.value,
      }),
    (value, reason) => {
      if (reason) fail(reason)
      else network.value = value
    },
  )

  /** A copy without Vue's proxies, which cannot cross to the engine. It names its preset only while
   *  it is what the preset gave. */
  const plainConfig = (): RunConfig => ({
    ...copyOf(config.value),
    preset: changedByHand.value ? null : config.value.preset,
  })

  /** Sets everything at once, as a preset does; `planned` is the plan that came with it, shown until the
   *  engine has planned anew. */
  function adopt(whole: RunConfig, planned: RunPlan | null = null) {
    adopted.value = copyOf(whole)
    config.value = copyOf(whole)
    if (!planned) return
    plan.value = planned
    planError.value = null
  }

  /** What the run ends with frozen: of its last leg where it has legs. */
  const frozen = computed(() => config.value.legs?.at(-1)?.frozen ?? config.value.frozen)
  /** Freezing by hand makes one run of what were several legs, as long as they were together. */
  function setFrozen(stages: readonly Stage[]) {
    const { legs } = config.value
    if (legs) config.value.epochs = legs.reduce((sum, leg) => sum + leg.epochs, 0)
    config.value.legs = null
    config.value.frozen = [...stages]
  }

  const planSoon = useTimeoutFn(
    () => void askPlan(),
    () => Math.max(patience, Math.min(took * rest, longestRest)),
    { immediate: false },
  )
  watch(
    [
      config,
      () => dataset.revision,
      () => dataset.progress?.phase === 'scanning',
      () => engine.ready,
    ],
    () => replan(),
    { deep: true, immediate: true },
  )
  function replan() {
    planSoon.stop()
    if (dataset.usableClasses.length < 2) {
      plan.value = planError.value = null
      return
    }
    planning.value = true
    // Photos are coming in: what would be planned is not what will be there. And a plan would load
    // what computes while the photos of a reopened project are still on their way.
    if (dataset.progress?.phase === 'scanning' || !engine.ready) return
    planSoon.start()
  }
  // A run that has ended leaves cached features and tells how long work takes here.
  on('run.event', ({ type }) => {
    if (isEnd(type)) replan()
  })
  watch([architecture, cut, size, classCount], askNetwork, { immediate: true })

  on('weights.progress', (news) => {
    downloads.value = new Map(downloads.value).set(news.id, news)
    if (news.state !== 'downloading') void refreshWeights()
  })

  const refreshWeights = () =>
    attempt(async () => {
      const files = weights.value.filter(({ id }) => id === config.value.weights && isPath(id))
      const known = await call('weights.list')
      weights.value = [...known, ...files.filter((file) => !known.some(({ id }) => id === file.id))]
    })

  /** Looks into a weights file, lists it and chooses it. */
  const useWeightsFile = (path: string) =>
    attempt(async () => {
      const choice = await call('weights.inspect', { path })
      weights.value = [...weights.value.filter(({ id }) => id !== choice.id), choice]
      chooseWeights(choice.id)
    })

  /** Other weights bring their own architecture, size and stages; the rest is kept. A random start
   *  has learned nothing that could be kept frozen, so there every stage trains. */
  function chooseWeights(id: string | null, architecture: Architecture | null = null) {
    const whole: RunConfig = {
      ...copyOf(config.value),
      weights: id,
      architecture: id === null ? architecture : null,
      cut: null,
      size: null,
      frozen: id === null ? [] : null,
      legs: null,
    }
    if (changedByHand.value) config.value = whole
    else adopt(whole)
  }

  const download = (id: string) => attempt(() => call('weights.download', { id }))
  const cancelDownload = (id: string) => attempt(() => call('weights.cancel', { id }))

  return {
    config,
    changedByHand,
    frozen,
    plan,
    planError,
    planning,
    weights,
    downloads,
    network,
    chosenWeights,
    architecture,
    cut,
    size,
    plainConfig,
    adopt,
    setFrozen,
    refreshWeights,
    useWeightsFile,
    chooseWeights,
    download,
    cancelDownload,
  }
})

const isPath = (id: string) => id.includes('/') || id.includes('\\')
const copyOf = (config: RunConfig): RunConfig => JSON.parse(JSON.stringify(config))

// How the next run will be trained, and what that costs. `config` is edited freely by the Network
// room; the plan follows it and the data set after a pause, and a late answer never wins.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { EventPayload } from '../../shared/contract'
import type { NetworkPicture, WeightsChoice } from '../../shared/network'
import { RunConfig, type RunPlan } from '../../shared/run'
import { call, CallFailed, on } from '../api'
import { useDataset } from './dataset'
import { useEngine } from './engine'
import { useNotices } from './notices'

const patience = 200

export const useChoices = defineStore('choices', () => {
  const dataset = useDataset()
  const engine = useEngine()
  const { attempt, fail } = useNotices()

  const config = ref<RunConfig>(RunConfig.parse({}))
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
    let asked = 0
    return async () => {
      const mine = ++asked
      try {
        const value = await ask()
        if (mine === asked) settle(value, null)
      } catch (reason) {
        if (mine === asked) settle(null, reason)
      }
    }
  }

  const askPlan = newestOnly(
    () => call('run.plan', plainConfig()),
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

  /** A copy without Vue's proxies: they cannot cross to the engine. */
  const plainConfig = (): RunConfig => JSON.parse(JSON.stringify(config.value))

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    [config, () => dataset.revision, () => engine.ready],
    () => {
      clearTimeout(timer)
      if (dataset.usableClasses.length < 2) {
        plan.value = planError.value = null
        return
      }
      planning.value = true
      timer = setTimeout(askPlan, patience)
    },
    { deep: true, immediate: true },
  )
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

  /** Other weights bring their own architecture, size and stages; the rest is kept. */
  function chooseWeights(id: string | null) {
    Object.assign(config.value, {
      weights: id,
      architecture: null,
      cut: null,
      size: null,
      frozen: null,
    })
  }

  const download = (id: string) => attempt(() => call('weights.download', { id }))
  const cancelDownload = (id: string) => attempt(() => call('weights.cancel', { id }))

  return {
    config,
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
    refreshWeights,
    useWeightsFile,
    chooseWeights,
    download,
    cancelDownload,
  }
})

const isPath = (id: string) => id.includes('/') || id.includes('\\')

// What is wrong with the data set, asked anew a while after it changed. Findings of one kind are
// shown together; `extras` are the pictures that leaving out would mend.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { HealthFinding } from '../../shared/dataset'
import { call } from '../api'
import { useDataset } from './dataset'
import { useNotices } from './notices'

export interface HealthLine {
  readonly kind: HealthFinding['kind']
  readonly details: readonly string[]
  readonly pictures: readonly string[]
  /** What the line counts: pictures, or classes when the kind is about classes. */
  readonly count: number
  readonly extras: readonly string[]
}

const patience = 500

export const useHealth = defineStore('health', () => {
  const dataset = useDataset()
  const { attempt } = useNotices()
  const findings = shallowRef<readonly HealthFinding[]>([])
  const checking = ref(false)
  const lines = computed(() => groupFindings(findings.value))

  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0
  // A check tells its own progress: being settled again must not ask about the same data once more.
  let checked = ''
  const state = computed(() => `${dataset.snapshot?.projectId} ${dataset.revision}`)
  watch(
    () => [state.value, dataset.progress === null] as const,
    ([now, settled]) => {
      clearTimeout(timer)
      if (dataset.revision >= 0 && settled && now !== checked) timer = setTimeout(check, patience)
    },
    { immediate: true },
  )

  async function check() {
    const mine = ++asked
    checked = state.value
    checking.value = true
    const found = await attempt(() => call('dataset.health'))
    if (mine !== asked) return
    checking.value = false
    if (found) findings.value = found
  }

  return { lines, checking, check }
})

export function groupFindings(findings: readonly HealthFinding[]): readonly HealthLine[] {
  const kinds = [...new Set(findings.map((finding) => finding.kind))]
  return kinds.map((kind) => {
    const same = findings.filter((finding) => finding.kind === kind)
    const pictures = [...new Set(same.flatMap((finding) => finding.pictures))]
    return {
      kind,
      pictures,
      details: [...new Set(same.map((finding) => finding.detail))],
      count: kind === 'tiny-class' ? same.length : pictures.length,
      extras: [...new Set(same.flatMap(extrasOf))],
    }
  })
}

const extrasOf = ({ kind, repairs }: HealthFinding): readonly string[] =>
  kind === 'mislabel'
    ? []
    : repairs.flatMap((repair) => (repair.type === 'exclude' ? repair.pictures : []))

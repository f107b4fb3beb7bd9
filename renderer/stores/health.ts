// What is wrong with the data set, asked anew a while after it changed, and when the network has looked
// at the pictures, for then it can doubt labels. Findings of one kind are
// shown together, with what would mend all of them.
import { useTimeoutFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type {
  HealthFinding,
  HealthRepair,
  Picture,
  PictureSettings,
  SettingGroup,
} from '../../shared/dataset'
import { call } from '../api'
import { createLatest } from '../latest'
import { useDataset } from './dataset'
import { useNotices } from './notices'
import { useSuggestions } from './suggestions'

export type RepairType = HealthRepair['type']
export interface HealthLine {
  readonly kind: HealthFinding['kind']
  /** Of each finding, as values for a translation; the first findings are the gravest. */
  readonly facts: readonly HealthFinding['facts'][]
  readonly pictures: readonly string[]
  /** What the line counts: pictures, or classes when the kind is about classes. */
  readonly count: number
  /** Ways to mend all findings of the line, each one step that can be undone. */
  readonly repairs: readonly {
    readonly type: RepairType
    readonly groups: readonly SettingGroup[]
  }[]
}

const patience = 500
/** A check is not begun again sooner than this many times what the last one took. */
const rest = 3

export const useHealth = defineStore('health', () => {
  const dataset = useDataset()
  const { attempt } = useNotices()
  const suggestions = useSuggestions()
  const findings = shallowRef<readonly HealthFinding[]>([])
  const checking = ref(false)
  /** Whether any check of this project has ended: before, nothing is known to be well. */
  const known = ref(false)
  watch(
    () => dataset.snapshot?.projectId,
    () => {
      known.value = false
      findings.value = []
    },
  )
  const lines = computed(() => groupFindings(findings.value))
  /** How far the last check could look: photos read, of all. */
  const looked = ref({ read: 0, total: 0 })

  const beginQuestion = createLatest()
  /** Milliseconds that the last check took. */
  let took = 0
  const checkSoon = useTimeoutFn(
    () => void check(),
    () => Math.max(patience, took * rest),
    { immediate: false },
  )
  // A check tells its own progress: being settled again must not ask about the same data once more.
  let checked = ''
  /** How many times the network had looked at all the pictures. */
  const looks = ref(0)
  watch(
    () => suggestions.ready,
    (now) => now && looks.value++,
  )
  const state = computed(() => `${dataset.snapshot?.projectId} ${dataset.revision} ${looks.value}`)
  watch(
    () => [state.value, dataset.progress === null] as const,
    ([now, settled]) => {
      if (dataset.revision >= 0 && settled && now !== checked) checkSoon.start()
      else checkSoon.stop()
    },
    { immediate: true },
  )

  async function check() {
    const isLatest = beginQuestion()
    checked = state.value
    checking.value = true
    const began = performance.now()
    const found = await attempt(() => call('dataset.health'))
    took = performance.now() - began
    if (!isLatest()) return
    checking.value = false
    if (!found) return
    findings.value = found.findings
    looked.value = { read: found.read, total: found.total }
    known.value = true
  }

  return { lines, looked, checking, known, check }
})

export function groupFindings(findings: readonly HealthFinding[]): readonly HealthLine[] {
  const kinds = [...new Set(findings.map((finding) => finding.kind))]
  return kinds.map((kind) => {
    const same = findings.filter((finding) => finding.kind === kind)
    const pictures = [...new Set(same.flatMap((finding) => finding.pictures))]
    const types = [...new Set(same.flatMap(({ repairs }) => repairs.map(({ type }) => type)))]
    return {
      kind,
      pictures,
      facts: same.map(({ facts }) => facts),
      count: kind === 'tiny-class' || kind === 'imbalance' ? same.length : pictures.length,
      repairs: types.map((type) => ({
        type,
        groups: same.flatMap(({ repairs }) => {
          const first = repairs.find((repair) => repair.type === type)
          return first ? [{ pictures: [...first.pictures], to: settingsOf(first) }] : []
        }),
      })),
    }
  })
}

function settingsOf(repair: HealthRepair): PictureSettings {
  switch (repair.type) {
    case 'exclude':
      return { excluded: true }
    case 'label':
      return { classId: repair.classId }
    case 'setSplit':
      return { split: repair.split }
    case 'review':
      return { reviewed: true }
  }
}

/** What of a repair is still to be done: pictures that are not yet as it would make them. */
export function stillToDo(
  groups: readonly SettingGroup[],
  pictureOf: (id: string) => Picture | undefined,
): SettingGroup[] {
  const differs = (picture: Picture | undefined, to: PictureSettings) =>
    picture !== undefined &&
    ((to.excluded !== undefined && picture.excluded !== to.excluded) ||
      (to.reviewed !== undefined && picture.reviewed !== to.reviewed) ||
      (to.classId !== undefined && picture.classId !== to.classId) ||
      (to.split !== undefined && picture.split !== to.split))
  return groups
    .map(({ pictures, to }) => ({
      pictures: pictures.filter((id) => differs(pictureOf(id), to)),
      to,
    }))
    .filter(({ pictures }) => pictures.length > 0)
}

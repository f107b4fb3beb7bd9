// What can be learnt from the pictures that have both features and a class: suggestions for those
// without one, labels that are probably wrong, and which to label next. The head is fitted anew only
// when labels or features have changed.
import type { HealthFinding, Picture, PictureClass } from '../../../shared/dataset'
import { seededRandom } from '../../../shared/random'
import type { LabelSuggestions } from '../../../shared/suggest'
import type { FeatureTable } from './featureTable'
import { judgeLabels } from './judgeLabels'
import { fitHead, type Head } from '../heads/logisticHead'
import { nextToLabel } from './nextToLabel'
import { rankSuspects } from './suspects'

export interface Labelled {
  readonly classes: readonly PictureClass[]
  readonly pictures: readonly Picture[]
  readonly table: FeatureTable
}
export interface Learner {
  suggestions(threshold: number): Promise<LabelSuggestions>
  next(count: number): Promise<string[]>
  mislabels(): Promise<HealthFinding[]>
}

/** Maximum number of feature values a head is fitted on; more take long and improve little. */
const maxFittedValues = 2e6
const folds = 5
/** Fewer pictures of a class than this are too few for cross-validation. */
const fewest = 5
const seed = 1

export function openLearner({ classes, pictures, table }: Labelled): Learner {
  const present = pictures.filter(
    ({ id, excluded, problem }) => !excluded && problem === null && table.row(id) !== undefined,
  )
  const unlabelled = present.filter(({ classId }) => classId === null)
  const rowsOf = (list: readonly Picture[]) => list.map(({ id }) => table.row(id)!)
  const most = Math.floor(maxFittedValues / table.values)
  let head: Promise<Taught> | null = null
  let suspects: Promise<HealthFinding[]> | null = null

  const taught = () => (head ??= teach())
  const teach = async (): Promise<Taught> => {
    const { known, labels, used } = labelledOf({ classes, present, fewest: 1 })
    if (used.length < 2) return { head: null, known, used }
    const chosen = seededRandom('learnt', seed)
      .shuffled(known.map((_, i) => i))
      .slice(0, most)
    const fitted = await fitHead({
      features: table.matrix,
      rows: rowsOf(chosen.map((i) => known[i]!)),
      labels: chosen.map((i) => labels[i]!),
      classes: used.length,
    })
    return { head: fitted, known, used }
  }

  return {
    async suggestions(threshold) {
      const { head: fitted, known, used } = await taught()
      if (!fitted) return { learntFrom: 0, suggestions: [] }
      const probabilities = await fitted.probabilities(table.matrix, rowsOf(unlabelled))
      const suggestions = unlabelled
        .map(({ id }, i) => {
          const [best] = topTwo(probabilities.subarray(i * used.length, (i + 1) * used.length))
          return { picture: id, classId: used[best.index]!.id, confidence: best.value }
        })
        .filter(({ confidence }) => confidence >= threshold)
        .sort((a, b) => b.confidence - a.confidence)
      return { learntFrom: known.length, suggestions }
    },
    async next(count) {
      const { head: fitted, known, used } = await taught()
      const rows = rowsOf(unlabelled)
      const probabilities = fitted && (await fitted.probabilities(table.matrix, rows))
      const uncertainty = rows.map((_, i) => {
        if (!probabilities) return 1
        const [best, second] = topTwo(
          probabilities.subarray(i * used.length, (i + 1) * used.length),
        )
        return 1 - (best.value - second.value)
      })
      const chosen = await nextToLabel({
        matrix: table.matrix,
        rows,
        uncertainty,
        labelled: rowsOf(known),
        count,
        seed,
      })
      return chosen.map((i) => unlabelled[i]!.id)
    },
    mislabels: () => (suspects ??= findMislabels()),
  }

  async function findMislabels(): Promise<HealthFinding[]> {
    const { known, labels, used } = labelledOf({ classes, present, fewest })
    if (used.length < 2) return []
    const probabilities = await judgeLabels({
      features: table.matrix,
      rows: rowsOf(known),
      labels,
      classes: used.length,
      folds,
      most,
    })
    return rankSuspects({ labels, classes: used.length, probabilities })
      .filter(({ sure }) => sure)
      .map(({ index, suggested, confidence }) => {
        const { id, name } = known[index]!
        const [given, better] = [used[labels[index]!]!, used[suggested]!]
        return {
          kind: 'mislabel',
          pictures: [id],
          detail: `${name} is labelled "${given.name}" but looks like "${better.name}"`,
          facts: { names: name, given: given.name, suggested: better.name, confidence },
          repairs: [
            { type: 'label', pictures: [id], classId: better.id },
            { type: 'exclude', pictures: [id] },
          ],
        }
      })
  }
}

interface Taught {
  readonly head: Head | null
  readonly known: readonly Picture[]
  readonly used: readonly PictureClass[]
}

/** The labelled pictures of classes that have at least `fewest`, and the classes by number. */
function labelledOf({
  classes,
  present,
  fewest: least,
}: {
  readonly classes: readonly PictureClass[]
  readonly present: readonly Picture[]
  readonly fewest: number
}) {
  const counts = new Map<string, number>()
  for (const { classId } of present)
    if (classId !== null) counts.set(classId, (counts.get(classId) ?? 0) + 1)
  const used = classes.filter(({ id }) => (counts.get(id) ?? 0) >= least)
  const number = new Map(used.map(({ id }, i) => [id, i]))
  const known = present.filter(({ classId }) => classId !== null && number.has(classId))
  return { used, known, labels: known.map(({ classId }) => number.get(classId!)!) }
}

function topTwo(values: Float32Array) {
  let best = { index: 0, value: -Infinity }
  let second = best
  values.forEach((value, index) => {
    if (value > best.value) [best, second] = [{ index, value }, best]
    else if (value > second.value) second = { index, value }
  })
  return [best, second] as const
}

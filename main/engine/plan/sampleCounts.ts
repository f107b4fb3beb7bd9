// How many photos a run would train, validate and be tested with, which is all that a plan needs. They are
// counted from the labels in one pass: a plan is made after every edit, and drawing the actual split of
// 60,000 photos would block the engine for half a second.
import type { Split } from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'
import { naturally } from '../../../shared/naturalOrder'
import type { Samples } from './samples'

export interface SampleCounts {
  /** In the order in which a run numbers them. */
  readonly classes: readonly string[]
  /** Training photos of each class. */
  readonly train: readonly number[]
  readonly val: number
  readonly test: number
}
interface Labelled {
  readonly className: string
  readonly split: Split | null
}

export function countsOf({ classes, train, val, test }: Samples): SampleCounts {
  const counts = new Array<number>(classes.length).fill(0)
  for (const { label } of train) counts[label]!++
  return { classes, train: counts, val: val.length, test: test.length }
}

/** The counts that `samplesOf` would give. It keeps duplicate files on one side of the split, which is
 *  ignored here, so a run may validate with a few photos more or less. */
export function countSamples(
  pictures: Iterable<Labelled>,
  { valFraction }: { readonly valFraction: number },
): SampleCounts {
  const byClass = new Map<string, Record<'test' | 'val' | 'rest', number>>()
  let chosen = 0
  for (const { className, split } of pictures) {
    let counts = byClass.get(className)
    if (!counts) byClass.set(className, (counts = { test: 0, val: 0, rest: 0 }))
    counts[split === 'test' || split === 'val' ? split : 'rest']++
    if (split === 'val') chosen++
  }
  const classes = [...byClass.keys()].sort(naturally)
  let [val, test] = [0, 0]
  const train = classes.map((name) => {
    const { val: given, test: kept, rest } = byClass.get(name)!
    const held = chosen > 0 ? given : drawn(rest, valFraction)
    val += held
    test += kept
    return given + rest - held
  })
  return { classes, train, val, test }
}

/** Validation photos drawn from a class: at least one, never all. */
const drawn = (count: number, fraction: number) =>
  fraction <= 0 || count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * fraction)))

export const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)

/** @throws {Failure} dataset-too-small, class-too-small */
export function checkTrainable({ classes, train: counts }: SampleCounts) {
  if (classes.length < 2) throw new Failure('dataset-too-small', { classes: classes.length })
  const lacking = counts.findIndex((count) => count === 0)
  if (lacking >= 0)
    throw new Failure('class-too-small', { name: classes[lacking]!, count: counts[lacking]! })
}

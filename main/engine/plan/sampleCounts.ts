// How many photos a run would train and validate with: all that a plan needs to know. Counted from the
// labels in one pass, for a plan follows every edit, and drawing sides for 60,000 photos holds up
// the engine for half a second.
import type { Split } from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'
import { naturally } from '../dataset/intake/walk'
import type { Samples } from './samples'

export interface SampleCounts {
  /** In the order of a run. */
  readonly classes: readonly string[]
  /** Training photos by class. */
  readonly train: readonly number[]
  readonly val: number
}
interface Labelled {
  readonly className: string
  readonly split: Split | null
}

export function countsOf({ classes, train, val }: Samples): SampleCounts {
  const counts = new Array<number>(classes.length).fill(0)
  for (const { label } of train) counts[label]!++
  return { classes, train: counts, val: val.length }
}

/** As `samplesOf` would draw them (splits.ts), but each photo for itself: where equal files must stay
 *  on one side a run may validate with a few more or less. */
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
  let val = 0
  const train = classes.map((name) => {
    const { val: given, rest } = byClass.get(name)!
    const held = chosen > 0 ? given : drawn(rest, valFraction)
    val += held
    return given + rest - held
  })
  return { classes, train, val }
}

/** Of a class without any: a part, at least one, never all. */
const drawn = (count: number, part: number) =>
  part <= 0 || count < 2 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * part)))

export const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)

/** @throws Failure dataset-too-small, class-too-small */
export function checkTrainable({ classes, train: counts }: SampleCounts) {
  if (classes.length < 2) throw new Failure('dataset-too-small', { classes: classes.length })
  const lacking = counts.findIndex((count) => count === 0)
  if (lacking >= 0)
    throw new Failure('class-too-small', { name: classes[lacking]!, count: counts[lacking]! })
}

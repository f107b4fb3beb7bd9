// An endless list of edits by a seed, and what labels they must give: the model that killed.test.ts
// holds the data set against. It shares no code with what it checks.
import { seededRandom } from '../../../../../shared/random'

export type ModelEdit =
  | { readonly type: 'label'; readonly pictures: readonly number[]; readonly class: number }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }

export interface Sizes {
  readonly pictures: number
  readonly classes: number
}

export function* editsOf(seed: number, { pictures, classes }: Sizes): Generator<ModelEdit> {
  const random = seededRandom(seed)
  for (;;) {
    const kind = random.integer(10)
    if (kind === 0) yield { type: 'redo' }
    else if (kind < 3) yield { type: 'undo' }
    else {
      const from = random.integer(pictures)
      const count = 1 + random.integer(kind === 9 ? pictures : 5)
      const chosen = Array.from({ length: count }, (_, i) => (from + i) % pictures)
      yield { type: 'label', pictures: [...new Set(chosen)], class: random.integer(classes) }
    }
  }
}

/** The class number of each picture after the first `count` edits; all begin with class 0. */
export function labelsAfter(seed: number, sizes: Sizes, count: number): number[] {
  let labels: number[] = Array.from({ length: sizes.pictures }, () => 0)
  const past: number[][] = []
  const future: number[][] = []
  let done = 0
  for (const edit of editsOf(seed, sizes)) {
    if (done++ === count) return labels
    switch (edit.type) {
      case 'undo': {
        const before = past.pop()
        if (!before) break
        future.push(labels)
        labels = before
        break
      }
      case 'redo': {
        const after = future.pop()
        if (!after) break
        past.push(labels)
        labels = after
        break
      }
      case 'label': {
        const next = [...labels]
        for (const at of edit.pictures) next[at] = edit.class
        // An edit that changes nothing is no step.
        if (next.every((label, at) => label === labels[at])) break
        past.push(labels)
        future.length = 0
        labels = next
      }
    }
  }
  return labels
}

// The state of labelling as a pure machine: apply(state, edit) gives the next state and which pictures
// changed; changeBy does the same in a draft, without copying 60,000 pictures for one edit. Every
// undoable edit becomes a patch, and applying a patch computes the patch that takes it back. Replaying
// the same edits must always give the same state, so nothing here draws an id, reads a clock or
// touches a file.
import type {
  Applied,
  Change,
  Draft,
  FileFacts,
  JournalEdit,
  Labels,
  Patch,
  Pictures,
} from './edits'
import { withFileFacts } from './fileFacts'
import { patched, sizeOf } from './patches'
import { patchFor } from './rules'

export const noLabels: Labels = {
  classes: [],
  splits: null,
  pictures: new Map(),
  undo: [],
  redo: [],
}

/** Limits of undo: the number of steps, and of pictures named in all of them together. Older steps are
 *  forgotten, so that the state stays small. */
export const undoLimit = 10_000
const undoPictures = 1_000_000

/** The next state; the given one is left as it was. Pictures that are not there are passed over.
 *  @throws {Failure} as `patchFor` */
export function apply(state: Labels, edit: JournalEdit): Applied {
  const pictures = new Map(state.pictures)
  const change = changeBy(edit, state, () => pictures)
  if (!change) return { state, changed: [], removed: [] }
  const { rest, changed, removed } = change
  return { state: { ...rest, pictures }, changed, removed }
}

/** The state after all of them; copies the pictures once instead of for every edit. */
export function replay(state: Labels, edits: Iterable<JournalEdit>): Labels {
  const pictures = new Map(state.pictures)
  let now: Labels = { ...state, pictures }
  for (const edit of edits) {
    const change = changeBy(edit, now, () => pictures)
    if (change) now = { ...change.rest, pictures }
  }
  return now
}

/** Makes the edit in the draft; null when it changes nothing.
 *  @throws {Failure} as `patchFor`, before the draft is changed */
export function changeBy(edit: JournalEdit, state: Labels, draft: Draft): Change | null {
  switch (edit.type) {
    case 'undo':
      return step(state, { from: 'undo', to: 'redo' }, draft)
    case 'redo':
      return step(state, { from: 'redo', to: 'undo' }, draft)
    case 'found':
      return takeFacts(state, edit.facts, draft())
    default: {
      const patch = patchFor(state, edit)
      if (sizeOf(patch) === 0 && !patch.classes && !patch.splits) return null
      const { rest, inverse, ...difference } = patched(state, patch, draft())
      const last = state.undo[state.undo.length - 1]
      const joins = edit.type === 'addPictures' && edit.continues && last
      const undo = joins
        ? [...state.undo.slice(0, -1), joined(last, inverse)]
        : withinLimits([...state.undo, inverse])
      return { ...difference, rest: { ...rest, undo, redo: [] } }
    }
  }
}

interface Way {
  readonly from: 'undo' | 'redo'
  readonly to: 'undo' | 'redo'
}
function step(state: Labels, { from, to }: Way, draft: Draft): Change | null {
  const patch = state[from][state[from].length - 1]
  if (!patch) return null
  const { rest, inverse, ...difference } = patched(state, patch, draft())
  return {
    ...difference,
    rest: { ...rest, [from]: state[from].slice(0, -1), [to]: [...state[to], inverse] },
  }
}

/** What a file holds is no decision of a person, so it is not undone. */
function takeFacts(
  { pictures: _unchanged, ...rest }: Labels,
  facts: readonly FileFacts[],
  pictures: Pictures,
): Change | null {
  const changed: string[] = []
  for (const fact of facts) {
    const picture = pictures.get(fact.id)
    if (!picture) continue
    pictures.set(fact.id, withFileFacts(picture, fact))
    changed.push(fact.id)
  }
  return changed.length ? { rest, changed, set: [], put: changed, removed: [] } : null
}

function withinLimits(patches: readonly Patch[]): readonly Patch[] {
  let size = 0
  let first = patches.length
  while (first > 0 && patches.length - first < undoLimit) {
    size += sizeOf(patches[first - 1]!)
    if (size > undoPictures && first < patches.length) break
    first--
  }
  return first === 0 ? patches : patches.slice(first)
}

/** The patch that takes back `earlier` together with a later addition of pictures. */
const joined = (earlier: Patch, later: Patch): Patch => ({
  ...earlier,
  classes: earlier.classes ?? later.classes,
  remove: [...earlier.remove, ...later.remove],
})

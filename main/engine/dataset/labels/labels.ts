// The state of labelling as a pure machine: apply(state, edit) gives the next state and which
// pictures changed; changeBy does the same in a draft, which spares a copy of 60,000 for one edit. Every undoable edit becomes a patch, and applying a patch computes the patch
// that takes it back. Replaying the same edits must always give the same state, so nothing here
// draws an id, reads a clock or touches a file. A state that was given out never changes.
import type {
  Applied,
  Change,
  Draft,
  Edit,
  Facts,
  Labels,
  Patch,
  Pictures,
  StoredPicture,
} from './edits'
import { patched, patchFor, sizeOf } from './patches'

export const noLabels: Labels = {
  classes: [],
  splits: null,
  pictures: new Map(),
  undo: [],
  redo: [],
}

/** Older steps are forgotten, so that the state stays small: the number of steps, and of pictures
 *  named in all of them together. */
export const undoLimit = 10_000
const undoPictures = 1_000_000

/** The next state; the given one is left as it was. Pictures that are not there are passed over.
 *  Throws 'class-exists' for a name that is taken, 'bad-input' for a class that is not there. */
export function apply(state: Labels, edit: Edit): Applied {
  const pictures = new Map(state.pictures)
  const change = changeBy(edit, state, () => pictures)
  if (!change) return { state, changed: [], removed: [] }
  const { rest, changed, removed } = change
  return { state: { ...rest, pictures }, changed, removed }
}

/** The state after all of them; copies the pictures once instead of for every edit. */
export function replay(state: Labels, edits: Iterable<Edit>): Labels {
  const pictures = new Map(state.pictures)
  let now: Labels = { ...state, pictures }
  for (const edit of edits) {
    const change = changeBy(edit, now, () => pictures)
    if (change) now = { ...change.rest, pictures }
  }
  return now
}

// What was reviewed was the content of that time. Written out, as withSettings is: pictures of one
// shape are quicker for all that goes through them.
const withFacts = (picture: StoredPicture, facts: Facts): StoredPicture => ({
  id: picture.id,
  path: facts.path,
  name: facts.name,
  classId: picture.classId,
  split: picture.split,
  excluded: picture.excluded,
  reviewed: picture.reviewed && (facts.file !== 'changed' || facts.hash === picture.hash),
  file: facts.file,
  problem: facts.problem,
  width: facts.width,
  height: facts.height,
  bytes: facts.bytes,
  modified: facts.modified,
  hash: facts.hash,
})

/** What the edit comes to, made in the draft; null when it changes nothing. Throws as `apply`, before
 *  the draft is touched. */
export function changeBy(edit: Edit, state: Labels, draft: Draft): Change | null {
  switch (edit.type) {
    case 'undo':
      return step(state, { from: 'undo', to: 'redo' }, draft)
    case 'redo':
      return step(state, { from: 'redo', to: 'undo' }, draft)
    case 'found':
      return found(state, edit.facts, draft())
    case 'addPictures':
    case 'forget':
    case 'set':
    case 'addClass':
    case 'renameClass':
    case 'colourClasses':
    case 'orderClasses':
    case 'removeClasses':
    case 'splits': {
      const patch = patchFor(state, edit)
      if (sizeOf(patch) === 0 && !patch.classes && !patch.splits) return null
      const { rest, inverse, ...told } = patched(state, patch, draft())
      const last = state.undo[state.undo.length - 1]
      const joins = edit.type === 'addPictures' && edit.continues && last
      const undo = joins
        ? [...state.undo.slice(0, -1), joined(last, inverse)]
        : withinLimits([...state.undo, inverse])
      return { ...told, rest: { ...rest, undo, redo: [] } }
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
  const { rest, inverse, ...told } = patched(state, patch, draft())
  return {
    ...told,
    rest: { ...rest, [from]: state[from].slice(0, -1), [to]: [...state[to], inverse] },
  }
}

/** What a file turned out to be is a fact, not a decision: it is not undone. */
function found(
  { pictures: _unchanged, ...rest }: Labels,
  facts: readonly Facts[],
  pictures: Pictures,
): Change | null {
  const changed: string[] = []
  for (const fact of facts) {
    const picture = pictures.get(fact.id)
    if (!picture) continue
    pictures.set(fact.id, withFacts(picture, fact))
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

/** What takes back `earlier` and a later edit together. Only bare additions are joined to others. */
const joined = (earlier: Patch, later: Patch): Patch => ({
  ...earlier,
  classes: earlier.classes ?? later.classes,
  remove: [...earlier.remove, ...later.remove],
})

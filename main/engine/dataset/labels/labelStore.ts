// The labels of one open data set and the journal under them. An edit is on the disk before it
// shows: journal, state and listeners change in that order, one edit at a time. Revisions count what
// listeners were told, one by one. The pictures of the state are one map that changes in place: what is
// read from it after an await may be newer than what was read before.
import { picturesAtOnce, type DatasetChange, type PicturePage } from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { packPictures } from '../../../../shared/pictureColumns'
import { packGroups } from '../../../../shared/pictureSettings'
import { createSerialQueue } from '../../files/serialQueue'
import { Counting } from './counts'
import { openJournal } from './journal'
import { DraftPictures } from './draftPictures'
import type { Change, Edit, Labels, StoredPicture } from './edits'
import { changeBy, noLabels, replay } from './labels'
import { decodeEdit, decodeState, encodeEdit, encodeState } from './storedLabels'

export interface LabelStoreOptions {
  readonly folder: string
  readonly onChange?: (change: DatasetChange) => void
  /** A snapshot is written after so many edits, or so many bytes of them. */
  readonly snapshotEvery?: { readonly edits: number; readonly bytes: number }
}

export interface LabelStore {
  readonly state: Labels
  readonly revision: number
  /** Everything that crosses to a listener but the pictures. */
  head(): Omit<DatasetChange, 'pictures' | 'set' | 'removed'>
  page(from: number, count: number): PicturePage
  /** Makes the edits of the state that they will meet, and resolves when they are on the disk. What
   *  `make` or the rules throw rejects; edits before it stay. */
  commit(make: (state: Labels) => Iterable<Edit> | AsyncIterable<Edit>): Promise<void>
  /** Ends after what was begun; edits that come later are passed over. */
  close(): Promise<void>
}

const usual = { edits: 400, bytes: 8e6 }

/** Throws 'not-writable', 'disk-full', or 'file-unreadable' when the stored labels are damaged. */
export async function openLabels(options: LabelStoreOptions): Promise<LabelStore> {
  const { folder, onChange, snapshotEvery = usual } = options
  const { journal, snapshot, edits } = await openJournal(folder)
  let state: Labels
  try {
    state = replay(stateOf(snapshot, folder), edits.map(decodeEdit))
  } catch (error) {
    await journal.close()
    throw error
  }
  const pictures = new Map<string, StoredPicture>(state.pictures)
  state = { ...state, pictures }
  let order: readonly string[] | null = null
  const counting = new Counting(state.pictures.values())
  let revision = 0
  let closed = false
  let storing: Promise<void> | null = null
  const queue = createSerialQueue()
  const head = () => ({
    revision,
    classes: [...state.classes],
    counts: counting.of(state.classes),
    splits: state.splits,
    canUndo: state.undo.length > 0,
    canRedo: state.redo.length > 0,
  })
  // Settings are told as they are. Many pictures are told in parts, all before anything else happens:
  // no message gets large.
  const tell = ({ set, put, removed }: Change) => {
    if (put.length || removed.length) order = null
    const told = put.flatMap((id) => pictures.get(id) ?? [])
    const parts = Math.max(1, Math.ceil(Math.max(told.length, removed.length) / picturesAtOnce))
    for (let part = 0; part < parts; part++) {
      const [from, to] = [part * picturesAtOnce, (part + 1) * picturesAtOnce]
      revision++
      onChange?.({
        ...head(),
        removed: removed.slice(from, to),
        set: part === 0 ? packGroups(set) : [],
        pictures: packPictures(told.slice(from, to)),
      })
    }
  }
  const take = async (edit: Edit) => {
    const draft = new DraftPictures(pictures)
    const change = changeBy(edit, state, () => draft)
    if (!change) return
    await journal.append(encodeEdit(edit), { sync: edit.type !== 'found' })
    draft.keep((before, after) => counting.change(before, after))
    state = { ...change.rest, pictures }
    tell(change)
    if (journal.length < snapshotEvery.edits && journal.bytes < snapshotEvery.bytes) return
    // Edits go on meanwhile. One that fails costs nothing but longer lines: the next one tries again.
    storing ??= journal
      .snapshot(encodeState(state))
      .catch(() => {})
      .then(() => void (storing = null))
  }
  return {
    get state() {
      return state
    },
    get revision() {
      return revision
    },
    head,
    page(from, count) {
      order ??= [...state.pictures.keys()]
      const part = order.slice(from, from + count).map((id) => pictures.get(id)!)
      return { revision, from, total: order.length, pictures: packPictures(part) }
    },
    commit: (make) =>
      queue.run(async () => {
        if (closed) return
        for await (const edit of make(state)) await take(edit)
      }),
    close: () =>
      queue.run(async () => {
        if (closed) return
        closed = true
        await storing
        await journal.close()
      }),
  }
}

function stateOf(snapshot: readonly unknown[] | null, folder: string): Labels {
  const stored = snapshot === null ? noLabels : decodeState(snapshot)
  if (stored) return stored
  throw new Failure('file-unreadable', { path: folder, reason: 'its stored labels are damaged' })
}

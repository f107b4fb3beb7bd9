// The labels of one open data set and their journal. An edit is on the disk before it shows: journal,
// state and listeners change in that order, one edit at a time. The revision counts the changes that
// were sent to listeners. The pictures of the state are one map that changes in place: what is read from
// it after an await may be newer than what was read before.
import { picturesAtOnce, type DatasetChange, type PicturePage } from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { reason } from '../../../../shared/reason'
import { packPictures } from '../../../../shared/pictureColumns'
import { packGroups } from '../../../../shared/pictureSettings'
import { createSerialQueue } from '../../files/serialQueue'
import { Counting } from './counts'
import { openJournal, type JournalDamage } from './journal'
import { DraftPictures } from './draftPictures'
import type { Change, JournalEdit, Labels, StoredPicture } from './edits'
import { changeBy, noLabels, replay } from './labels'
import { decodeEdit, decodeState, encodeEdit, encodeState } from './storedLabels'

export interface LabelStoreOptions {
  readonly folder: string
  readonly onChange?: (change: DatasetChange) => void
  /** A snapshot could not be written. Told once until one could; edits are on the disk all the same. */
  readonly onFailure?: (failure: Failure) => void
  /** A snapshot is written after so many edits, or so many bytes of them. */
  readonly snapshotEvery?: { readonly edits: number; readonly bytes: number }
}

export interface LabelStore {
  readonly state: Labels
  /** What of the labels could not be read; null: nothing. */
  readonly damage: JournalDamage | null
  readonly revision: number
  /** Everything in a change except its pictures. */
  head(): Omit<DatasetChange, 'pictures' | 'set' | 'removed'>
  page(from: number, count: number): PicturePage
  /** Calls `make` with the state that the edits will be applied to, and resolves when they are on the
   *  disk. Rejects with what `make` or a rule throws; the edits before that one stay. */
  commit(make: (state: Labels) => Iterable<JournalEdit> | AsyncIterable<JournalEdit>): Promise<void>
  /** Resolves after the edits that were begun; later ones are ignored. */
  close(): Promise<void>
}

const usual = { edits: 400, bytes: 8e6 }

/** @throws {Failure} not-writable, disk-full, or file-unreadable when the stored labels are damaged */
export async function openLabels(options: LabelStoreOptions): Promise<LabelStore> {
  const { folder, onChange, onFailure, snapshotEvery = usual } = options
  const { journal, snapshot, edits, damage } = await openJournal(folder)
  let state: Labels
  try {
    state = replay(stateOf(snapshot, folder), edits.map(decodeEdit))
  } catch (error) {
    await journal.close()
    throw error instanceof Failure ? error : damaged(folder)
  }
  const pictures = new Map<string, StoredPicture>(state.pictures)
  state = { ...state, pictures }
  let order: readonly string[] | null = null
  const counting = new Counting(state.pictures.values())
  let revision = 0
  let closed = false
  let storing: Promise<void> | null = null
  let hasFailed = false
  const queue = createSerialQueue()
  const head = () => ({
    revision,
    classes: [...state.classes],
    counts: counting.of(state.classes),
    splits: state.splits,
    canUndo: state.undo.length > 0,
    canRedo: state.redo.length > 0,
  })
  // Pictures are sent in parts, so that no message gets large, and all parts before the next edit.
  const notify = ({ set, put, removed }: Change) => {
    if (put.length || removed.length) order = null
    const whole = put.flatMap((id) => pictures.get(id) ?? [])
    const parts = Math.max(1, Math.ceil(Math.max(whole.length, removed.length) / picturesAtOnce))
    for (let part = 0; part < parts; part++) {
      const [from, to] = [part * picturesAtOnce, (part + 1) * picturesAtOnce]
      revision++
      onChange?.({
        ...head(),
        removed: removed.slice(from, to),
        set: part === 0 ? packGroups(set) : [],
        pictures: packPictures(whole.slice(from, to)),
      })
    }
  }
  const write = async (edit: JournalEdit) => {
    const draft = new DraftPictures(pictures)
    const change = changeBy(edit, state, () => draft)
    if (!change) return
    await journal.append(encodeEdit(edit), { sync: edit.type !== 'found' })
    draft.keep((before, after) => counting.change(before, after))
    state = { ...change.rest, pictures }
    notify(change)
    if (journal.length < snapshotEvery.edits && journal.bytes < snapshotEvery.bytes) return
    // Edits continue meanwhile. A snapshot that fails is tried again after as many edits at the latest.
    storing ??= journal
      .snapshot(encodeState(state))
      .then(() => void (hasFailed = false), tellFailure)
      .then(() => void (storing = null))
  }
  const tellFailure = (error: unknown) => {
    if (!(error instanceof Failure)) process.stderr.write(`labels: ${String(error)}\n`)
    else if (!hasFailed) onFailure?.(error)
    hasFailed = true
  }
  return {
    get state() {
      return state
    },
    get revision() {
      return revision
    },
    damage,
    head,
    page(from, count) {
      order ??= [...state.pictures.keys()]
      const part = order.slice(from, from + count).map((id) => pictures.get(id)!)
      return { revision, from, total: order.length, pictures: packPictures(part) }
    },
    commit: (make) =>
      queue.run(async () => {
        if (closed) return
        for await (const edit of make(state)) await write(edit)
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
  throw damaged(folder)
}

const damaged = (folder: string) =>
  new Failure('file-unreadable', { path: folder, reason: reason('labels-damaged') })

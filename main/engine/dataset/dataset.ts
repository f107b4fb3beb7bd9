// One open data set: the labels in memory, the journal under them, and the reading of pictures as
// they come in. An edit is on the disk before it shows: state, journal and events change in that
// order, one edit at a time. Revisions count what listeners were told, one by one.
import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { EventPayload } from '../../../shared/contract'
import {
  Picture,
  PictureClass,
  type DatasetChange,
  type DatasetSnapshot,
  type HealthFinding,
  type IntakeResult,
  type Split,
} from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'
import { inspectPicture } from './decode'
import { openFingerprints, type Fingerprints } from './fingerprint'
import { openHealth, type HealthInput } from './health'
import { openJournal, type Journal } from './journal'
import {
  apply,
  noLabels,
  sameClassName,
  type Applied,
  type Edit,
  type Inspected,
  type Labels,
  type Patch,
} from './labels'
import { inParallel } from './parallel'
import { updateProject } from './project'
import { scan, type FoundPicture } from './scan'

export type IntakeProgress = EventPayload<'dataset.progress'>

export interface DatasetOptions {
  /** Holds labels.jsonl and what belongs to it. */
  readonly folder: string
  readonly projectId: string
  readonly projectName: string
  readonly onChange?: (change: DatasetChange) => void
  readonly onProgress?: (progress: IntakeProgress) => void
}

/** A picture that can be trained on. */
export type UsablePicture = Picture & { readonly classId: string }

export interface Dataset {
  snapshot(): DatasetSnapshot
  /** Resolves when every new picture has been read; changes are told meanwhile. With a classId all
   *  of them go to that class, else their folders tell. Throws what scan throws. */
  add(input: {
    readonly paths: readonly string[]
    readonly classId: string | null
  }): Promise<IntakeResult>
  label(pictures: readonly string[], classId: string | null): Promise<void>
  /** Throws 'class-exists'. */
  addClass(name: string): Promise<{ classId: string }>
  renameClass(classId: string, name: string): Promise<void>
  /** With null the pictures of the class are left without one. */
  removeClass(classId: string, mergeInto: string | null): Promise<void>
  setSplit(pictures: readonly string[], split: Split | null): Promise<void>
  exclude(pictures: readonly string[], excluded: boolean): Promise<void>
  undo(): Promise<void>
  redo(): Promise<void>
  /** `likeness`: what the network says of two pictures, where it has been asked. */
  health(likeness?: HealthInput['likeness']): Promise<HealthFinding[]>
  /** Throws 'bad-input' when there is no such picture. */
  picture(id: string): Picture
  /** Those with a class, not left out and without a problem, in order of adding. */
  usable(): UsablePicture[]
  /** SHA-256 of the file of a picture, remembered while the file does not change. */
  hash(path: string): Promise<string>
  /** Changes the name in later snapshots and in project.json. */
  rename(name: string): Promise<void>
  close(): Promise<void>
}

const batch = 200
const batchMilliseconds = 250
const atOnce = 4
const snapshotEvery = 400

/** Throws 'not-writable', 'disk-full', or 'file-unreadable' when the stored labels are damaged. */
export async function openDataset(options: DatasetOptions): Promise<Dataset> {
  const { journal, snapshot, edits } = await openJournal(options.folder)
  let state = snapshot === null ? noLabels : thaw(snapshot, options.folder)
  // The journal holds only what apply accepted, so these are edits as they were written.
  for (const edit of edits) state = apply(state, edit as Edit).state
  const fingerprints = await openFingerprints(join(options.folder, 'fingerprints.jsonl'))
  return datasetOn({ options, journal, fingerprints, state })
}

interface Parts {
  readonly options: DatasetOptions
  readonly journal: Journal
  readonly fingerprints: Fingerprints
  readonly state: Labels
}

function datasetOn({ options, journal, fingerprints, ...start }: Parts): Dataset {
  let state = start.state
  let projectName = options.projectName
  let revision = 0
  let closed = false
  const health = openHealth(fingerprints)
  let queue: Promise<unknown> = Promise.resolve()

  const serially = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work)
    queue = done.catch(() => {})
    return done
  }
  // Many changes are told in parts, all before anything else happens: no message gets large.
  const tell = ({ changed, removed }: Applied) => {
    const pictures = changed.flatMap((id) => state.pictures.get(id) ?? [])
    for (let at = 0; at === 0 || at < pictures.length; at += batch) {
      const part = {
        pictures: pictures.slice(at, at + batch),
        removed: at === 0 ? [...removed] : [],
      }
      revision++
      options.onChange?.({ revision, classes: [...state.classes], ...part, ...undoable(state) })
    }
  }
  // The edit may be computed from the state it will meet, so it is made inside the queue.
  const commit = (makeEdit: () => Edit | null) =>
    serially(async () => {
      if (closed) return
      const edit = makeEdit()
      const applied = edit && apply(state, edit)
      if (!edit || !applied || applied.state === state) return
      await journal.append(edit)
      state = applied.state
      tell(applied)
      if (journal.length >= snapshotEvery) await journal.snapshot(freeze(state))
    })
  const edit = (value: Edit) => commit(() => value)
  const progress = (phase: IntakeProgress['phase'], done: number, total: number) =>
    options.onProgress?.({ phase, done, total })
  const recordCount = () =>
    updateProject(options.folder, { pictures: state.pictures.size }).catch(() => {})

  /** Puts found pictures in, in one edit, with the classes that they need. */
  const put = async (found: readonly FoundPicture[], classId: string | null) => {
    const pictures: Picture[] = []
    await commit(() => {
      const known = new Set([...state.pictures.values()].map((picture) => picture.path))
      const byName = new Map(state.classes.map((item) => [sameClassName(item.name), item.id]))
      const classes: PictureClass[] = []
      const classFor = (name: string) => {
        const key = sameClassName(name)
        const already = byName.get(key)
        if (already) return already
        const made = { id: newId(), name: name.trim() || name }
        classes.push(made)
        byName.set(key, made.id)
        return made.id
      }
      for (const { path, className, split } of found) {
        if (known.has(path)) continue
        const inClass = classId ?? (className === null ? null : classFor(className))
        pictures.push({
          ...fresh,
          id: newId(),
          path,
          name: basename(path).normalize('NFC'),
          classId: inClass,
          split,
        })
      }
      return pictures.length ? { type: 'addPictures', classes, pictures } : null
    })
    return pictures
  }

  /** Reads the pictures and tells what they are, a batch at a time. */
  const inspectAll = async (pictures: readonly Picture[]) => {
    let results: Inspected[] = []
    let latest = Date.now()
    let done = 0
    const unreadable: { path: string; reason: string }[] = []
    const flush = () => {
      const ready = results
      results = []
      latest = Date.now()
      return ready.length ? edit({ type: 'inspected', results: ready }) : Promise.resolve()
    }
    await inParallel(pictures, atOnce, async ({ id, path }) => {
      if (closed) return
      const found = await inspectPicture(path)
      if (found.problem === null) results.push({ id, ...found })
      else {
        results.push({ id, width: null, height: null, problem: found.problem })
        unreadable.push({ path, reason: found.problem })
      }
      progress('reading', ++done, pictures.length)
      if (results.length >= batch || Date.now() - latest > batchMilliseconds) await flush()
    })
    await flush()
    return unreadable
  }

  // What was not read when the program stopped last time is read now.
  const unread = [...state.pictures.values()].filter(
    (picture) => picture.problem === null && picture.width === null,
  )
  if (unread.length)
    void inspectAll(unread)
      .catch(() => {})
      .then(() => progress('idle', 0, 0))

  return {
    snapshot: () => ({
      projectId: options.projectId,
      projectName,
      revision,
      classes: [...state.classes],
      pictures: [...state.pictures.values()],
      ...undoable(state),
    }),
    async add({ paths, classId }) {
      try {
        progress('scanning', 0, 0)
        const found = await scan(paths, (count) => progress('scanning', count, count))
        const added = await put(found.pictures, classId)
        const unreadable = await inspectAll(added)
        return {
          added: added.length,
          already: found.pictures.length - added.length,
          ignored: found.ignored,
          unreadable,
        }
      } finally {
        progress('idle', 0, 0)
        await recordCount()
      }
    },
    label: (pictures, classId) => edit({ type: 'label', pictures, classId }),
    async addClass(name) {
      const id = newId()
      await edit({ type: 'addClass', id, name: name.trim() || name })
      return { classId: id }
    },
    renameClass: (id, name) => edit({ type: 'renameClass', id, name: name.trim() || name }),
    removeClass: (id, mergeInto) => edit({ type: 'removeClass', id, mergeInto }),
    setSplit: (pictures, split) => edit({ type: 'setSplit', pictures, split }),
    exclude: (pictures, excluded) => edit({ type: 'exclude', pictures, excluded }),
    undo: () => edit({ type: 'undo' }),
    redo: () => edit({ type: 'redo' }),
    async health(likeness) {
      const pictures = [...state.pictures.values()]
      try {
        return await health.find({
          classes: state.classes,
          pictures,
          ...(likeness ? { likeness } : {}),
          onProgress: (done, total) => progress('reading', done, total),
        })
      } finally {
        progress('idle', 0, 0)
        await fingerprints.flush().catch(() => {})
      }
    },
    picture(id) {
      const found = state.pictures.get(id)
      if (!found) throw new Failure('bad-input', { reason: 'That photo is no longer there.' })
      return found
    },
    usable: () => [...state.pictures.values()].filter(isUsable),
    hash: (path) => fingerprints.hash(path),
    async rename(name) {
      await updateProject(options.folder, { name })
      projectName = name
    },
    close: () =>
      serially(async () => {
        closed = true
        await recordCount()
        await fingerprints.flush().catch(() => {})
        await journal.close()
      }),
  }
}

const fresh = { excluded: false, problem: null, width: null, height: null }
const newId = () => randomBytes(6).toString('hex')
const undoable = (state: Labels) => ({
  canUndo: state.undo.length > 0,
  canRedo: state.redo.length > 0,
})
const isUsable = (picture: Picture): picture is UsablePicture =>
  picture.classId !== null && !picture.excluded && picture.problem === null

const Frozen = z.object({
  classes: z.array(PictureClass),
  pictures: z.array(Picture),
  undo: z.array(z.unknown()),
  redo: z.array(z.unknown()),
})

const freeze = ({ classes, pictures, undo, redo }: Labels) => ({
  classes,
  pictures: [...pictures.values()],
  undo,
  redo,
})

function thaw(stored: unknown, folder: string): Labels {
  const parsed = Frozen.safeParse(stored)
  if (!parsed.success)
    throw new Failure('file-unreadable', { path: folder, reason: 'its stored labels are damaged' })
  const { classes, pictures, undo, redo } = parsed.data
  return {
    classes,
    pictures: new Map(pictures.map((picture) => [picture.id, picture])),
    undo: undo as Patch[],
    redo: redo as Patch[],
  }
}

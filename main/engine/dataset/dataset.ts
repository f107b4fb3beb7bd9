// One open data set: its labels, and the reading of pictures as they come in.
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { EventPayload } from '../../../shared/contract'
import type {
  DatasetChange,
  DatasetSnapshot,
  ExportedFolders,
  HealthFinding,
  IntakeResult,
  LabelImport,
  Layout,
  MissingFolder,
  PictureClass,
  PicturePage,
  ScanResult,
  SettingGroup,
  SplitPolicy,
} from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'
import { isUsable } from './counts'
import { inspectPicture } from './decode'
import { openFingerprints, type Fingerprints } from './fingerprint'
import { findHealth } from './health'
import { sameClassName, type Edit, type Facts, type StoredPicture } from './labels'
import { openLabels, type LabelStore, type LabelStoreOptions } from './labelStore'
import { inParallel } from './parallel'
import { updateProject } from './project'
import { layoutChoices, plainLayout, type FoundPicture } from './layout'
import { foundIn } from './scan'
import { walk, type Walked } from './walk'

export type IntakeProgress = EventPayload<'dataset.progress'>

export interface DatasetOptions extends LabelStoreOptions {
  readonly projectId: string
  readonly projectName: string
  readonly onChange?: (change: DatasetChange) => void
  readonly onProgress?: (progress: IntakeProgress) => void
}

/** A picture that can be trained on. */
export type UsablePicture = StoredPicture & { readonly classId: string }

export interface AddInput {
  readonly paths: readonly string[]
  /** All of them go to this class; null: their folders tell. */
  readonly classId: string | null
  /** The suggested one, where it is null or not given. */
  readonly layout?: Layout | null
}

export interface Dataset {
  snapshot(): DatasetSnapshot
  pictures(from: number, count: number): PicturePage
  /** All of them in order of adding, as they are now. */
  all(): readonly StoredPicture[]
  classes(): readonly PictureClass[]
  scan(paths: readonly string[]): Promise<ScanResult>
  /** Resolves when every new picture is in; they are read afterwards. Throws what scan throws. */
  add(input: AddInput): Promise<IntakeResult>
  forget(pictures: readonly string[]): Promise<void>
  /** One step to undo. Throws 'bad-input' for a class that is not there. */
  set(groups: readonly SettingGroup[]): Promise<void>
  /** Throws 'class-exists'. */
  addClass(name: string): Promise<{ classId: string }>
  renameClass(classId: string, name: string): Promise<void>
  colourClass(classId: string, colour: number | null): Promise<void>
  orderClasses(classIds: readonly string[]): Promise<void>
  /** With null the pictures of the class are left without one. */
  removeClass(classId: string, mergeInto: string | null): Promise<void>
  drawSplits(policy: SplitPolicy, again: boolean): Promise<void>
  undo(): Promise<void>
  redo(): Promise<void>
  health(): Promise<HealthFinding[]>
  importLabels(input: { path: string; root: string | null; apply: boolean }): Promise<LabelImport>
  exportLabels(folder: string): Promise<{ path: string; rows: number }>
  exportFolders(input: {
    folder: string
    as: 'copies' | 'links'
    splits: boolean
  }): Promise<ExportedFolders>
  checkFiles(): Promise<{ missing: number; changed: number }>
  missing(): Promise<MissingFolder[]>
  relocate(from: string, to: string): Promise<{ found: number; byContent: number; missing: number }>
  /** Throws 'bad-input' when there is no such picture. */
  picture(id: string): StoredPicture
  /** Those with a class, not left out and without a problem, in order of adding. */
  usable(): UsablePicture[]
  /** SHA-256 of the file of a picture, remembered while the file does not change. */
  hash(path: string): Promise<string>
  /** Resolves when nothing is being read. */
  settled(): Promise<void>
  /** Changes the name in later snapshots and in project.json. */
  rename(name: string): Promise<void>
  close(): Promise<void>
}

const batch = 500
const batchMilliseconds = 500
const atOnce = 4
/** Milliseconds that a walk over dropped folders counts as fresh. */
const walkedFor = 60_000
/** The first pictures show at once, the rest follows in larger parts. */
const firstPut = 500
const put = 4000

/** Throws 'not-writable', 'disk-full', or 'file-unreadable' when the stored labels are damaged. */
export async function openDataset(options: DatasetOptions): Promise<Dataset> {
  const labels = await openLabels(options)
  const fingerprints = await openFingerprints(join(options.folder, 'fingerprints.jsonl'))
  return datasetOn({ options, labels, fingerprints })
}

interface Parts {
  readonly options: DatasetOptions
  readonly labels: LabelStore
  readonly fingerprints: Fingerprints
}

function datasetOn({ options, labels, fingerprints }: Parts): Dataset {
  let projectName = options.projectName
  let closed = false
  let reading: Promise<void> = Promise.resolve()

  const edit = (...edits: Edit[]) => labels.commit(() => edits)
  const progress = (phase: IntakeProgress['phase'], done: number, total: number) =>
    options.onProgress?.({ phase, done, total })
  const recordCount = () =>
    updateProject(options.folder, { pictures: labels.state.pictures.size }).catch(() => {})
  const all = () => [...labels.state.pictures.values()]

  const knownPaths = () => new Set(all().map((picture) => picture.path))

  /** A drop is looked at first and then added: the disk is asked once. */
  let latestWalk: { key: string; time: number; walked: Walked } | null = null
  const walkOnce = async (paths: readonly string[]) => {
    const key = paths.join('\0')
    if (latestWalk?.key === key && Date.now() - latestWalk.time < walkedFor)
      return latestWalk.walked
    progress('scanning', 0, 0)
    const walked = await walk(paths, (count) => progress('scanning', count, count))
    latestWalk = { key, time: Date.now(), walked }
    return walked
  }

  /** Puts found pictures in, as one step, with the classes that they need. */
  const takeIn = async (found: readonly FoundPicture[], classId: string | null) => {
    const pictures: StoredPicture[] = []
    await labels.commit(function* ({ classes, pictures: present }) {
      const known = new Set([...present.values()].map((picture) => picture.path))
      const naming = new ClassNaming(classes)
      for (const { path, className, split } of found) {
        if (known.has(path)) continue
        const inClass = classId ?? (className === null ? null : naming.idOf(className))
        pictures.push(newPicture(path, { classId: inClass, split }))
      }
      for (let at = 0; at < pictures.length;) {
        const count = at === 0 ? firstPut : put
        yield {
          type: 'addPictures',
          classes: at === 0 ? naming.made : [],
          pictures: pictures.slice(at, at + count),
          continues: at > 0,
        }
        at += count
      }
    })
    return pictures
  }

  /** Reads the pictures and tells what they are, a batch at a time. */
  const inspectAll = async (pictures: readonly StoredPicture[]) => {
    let facts: Facts[] = []
    let latest = Date.now()
    let done = 0
    const flush = () => {
      const ready = facts
      facts = []
      latest = Date.now()
      return ready.length ? edit({ type: 'found', facts: ready }) : Promise.resolve()
    }
    await inParallel(pictures, atOnce, async (picture) => {
      if (closed) return
      facts.push(await factsOf(picture))
      progress('reading', ++done, pictures.length)
      if (facts.length >= batch || Date.now() - latest > batchMilliseconds) await flush()
    })
    await flush()
    progress('idle', 0, 0)
  }
  const readLater = (pictures: readonly StoredPicture[]) => {
    if (pictures.length)
      reading = reading.then(() => inspectAll(pictures)).catch(() => progress('idle', 0, 0))
  }

  // What was not read when the program stopped last time is read now.
  readLater(all().filter((picture) => picture.problem === null && picture.hash === null))

  return {
    snapshot: () => ({ projectId: options.projectId, projectName, ...labels.head() }),
    pictures: (from, count) => labels.page(from, count),
    all,
    classes: () => labels.state.classes,
    async scan(paths) {
      try {
        const walked = await walkOnce(paths)
        const { choices, nested } = layoutChoices(walked)
        const { pictures, ignored } = foundIn(walked, choices[0].layout)
        const known = knownPaths()
        return {
          pictures: pictures.length,
          already: pictures.filter(({ path }) => known.has(path)).length,
          choices: [...choices],
          nested,
          ignored: [...ignored],
          labelFiles: [...walked.labelFiles],
        }
      } finally {
        progress('idle', 0, 0)
      }
    },
    async add({ paths, classId, layout }) {
      try {
        const walked = await walkOnce(paths)
        const chosen = classId === null ? (layout ?? layoutChoices(walked).choices[0].layout) : null
        const found = foundIn(walked, chosen ?? plainLayout)
        latestWalk = null
        const added = await takeIn(found.pictures, classId)
        readLater(added)
        return {
          added: added.length,
          already: found.pictures.length - added.length,
          ignored: [...found.ignored],
        }
      } finally {
        progress('idle', 0, 0)
        await recordCount()
      }
    },
    forget: (pictures) => edit({ type: 'forget', pictures }),
    set: (groups) => edit({ type: 'set', groups }),
    async addClass(name) {
      const id = newId()
      await edit({ type: 'addClass', id, name: name.trim() || name })
      return { classId: id }
    },
    renameClass: (id, name) => edit({ type: 'renameClass', id, name: name.trim() || name }),
    colourClass: (id, colour) => edit({ type: 'colourClass', id, colour }),
    orderClasses: (ids) => edit({ type: 'orderClasses', ids }),
    removeClass: (id, mergeInto) => edit({ type: 'removeClass', id, mergeInto }),
    drawSplits: () => notYet(),
    undo: () => edit({ type: 'undo' }),
    redo: () => edit({ type: 'redo' }),
    async health() {
      try {
        return await findHealth({
          classes: labels.state.classes,
          pictures: all(),
          fingerprints,
          onProgress: (done, total) => progress('reading', done, total),
        })
      } finally {
        progress('idle', 0, 0)
        await fingerprints.flush().catch(() => {})
      }
    },
    importLabels: () => notYet(),
    exportLabels: () => notYet(),
    exportFolders: () => notYet(),
    checkFiles: () => notYet(),
    missing: () => notYet(),
    relocate: () => notYet(),
    picture(id) {
      const found = labels.state.pictures.get(id)
      if (!found) throw new Failure('bad-input', { reason: 'That photo is no longer there.' })
      return found
    },
    usable: () => all().filter((picture): picture is UsablePicture => isUsable(picture)),
    hash: (path) => fingerprints.hash(path),
    settled: () => reading,
    async rename(name) {
      await updateProject(options.folder, { name })
      projectName = name
    },
    async close() {
      closed = true
      await reading
      await recordCount()
      await fingerprints.flush().catch(() => {})
      await labels.close()
    },
  }
}

const notYet = (): Promise<never> =>
  Promise.reject(new Failure('bad-input', { reason: 'This is not built yet.' }))

const newId = () => randomBytes(6).toString('hex')

const newPicture = (
  path: string,
  labels: Pick<StoredPicture, 'classId' | 'split'>,
): StoredPicture => ({
  id: newId(),
  path,
  name: basename(path).normalize('NFC'),
  ...labels,
  excluded: false,
  reviewed: false,
  file: 'present',
  problem: null,
  width: null,
  height: null,
  bytes: null,
  modified: null,
  hash: null,
})

/** Finds classes by name as people read it, and makes those that are not there. */
class ClassNaming {
  readonly made: PictureClass[] = []
  private readonly ids: Map<string, string>
  constructor(classes: readonly PictureClass[]) {
    this.ids = new Map(classes.map(({ id, name }) => [sameClassName(name), id]))
  }
  idOf(name: string) {
    const key = sameClassName(name)
    const known = this.ids.get(key)
    if (known) return known
    const made = { id: newId(), name: name.trim() || name, colour: null }
    this.made.push(made)
    this.ids.set(key, made.id)
    return made.id
  }
}

async function factsOf({ id, path, name }: StoredPicture): Promise<Facts> {
  const found = await inspectPicture(path)
  const { size, mtimeMs } = await stat(path).catch(() => ({ size: null, mtimeMs: null }))
  const size2 = found.problem === null ? found : { width: null, height: null }
  return {
    id,
    path,
    name,
    file: size === null ? 'missing' : 'present',
    problem: found.problem,
    width: size2.width,
    height: size2.height,
    bytes: size,
    modified: mtimeMs,
    hash: null,
  }
}

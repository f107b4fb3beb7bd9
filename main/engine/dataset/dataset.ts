// One open data set, as the rest of the engine sees it: labels with their journal (labelStore),
// pictures and labels coming in (intake) and going out, and the reading of files behind it all.
import { join } from 'node:path'
import {
  hasChanged,
  type DatasetChange,
  type DatasetSnapshot,
  type ExportedFolders,
  type HealthFinding,
  type MissingFolder,
  type PictureClass,
  type PicturePage,
  type SettingGroup,
  type SplitPolicy,
} from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'
import { isUsable } from './labels/counts'
import { exportFolders } from './export/exportFolders'
import { exportLabels } from './export/exportLabels'
import { openFingerprints, type Fingerprints } from '../pictures/fingerprint'
import { openHealth, type HealthInput } from './checks/health'
import { createIntake, newId, type Intake } from './intake/intake'
import type { Edit, Facts, StoredPicture } from './labels/edits'
import { openLabels, type LabelStore, type LabelStoreOptions } from './labels/labelStore'
import { updateProject } from './project'
import { openProgress, type DatasetPhase, type DatasetProgress } from './intake/datasetProgress'
import { createReading, known } from './checks/reading'
import { drawSplits } from './splits'
import { attend } from '../files/turns'
import { findMoved, lookForFiles, missingFolders } from './checks/whereabouts'

export interface DatasetOptions extends LabelStoreOptions {
  readonly projectId: string
  readonly projectName: string
  readonly onChange?: (change: DatasetChange) => void
  readonly onProgress?: (progress: DatasetProgress) => void
}

/** A picture that can be trained on. */
export type UsablePicture = StoredPicture & { readonly classId: string }

export interface ExportFoldersInput {
  readonly folder: string
  readonly as: 'copies' | 'links'
  readonly splits: boolean
}

export interface Dataset extends Intake {
  snapshot(): DatasetSnapshot
  pictures(from: number, count: number): PicturePage
  /** All of them in order of adding, as they are now. */
  all(): readonly StoredPicture[]
  classes(): readonly PictureClass[]
  /** Takes pictures out of the set; their files stay as they are. */
  forget(pictures: readonly string[]): Promise<void>
  /** One step to undo. Throws 'bad-input' for a class that is not there. */
  set(groups: readonly SettingGroup[]): Promise<void>
  /** Throws 'class-exists'. */
  addClass(name: string): Promise<{ classId: string }>
  renameClass(classId: string, name: string): Promise<void>
  /** One step to undo. */
  colourClasses(classIds: readonly string[], colour: number | null): Promise<void>
  orderClasses(classIds: readonly string[]): Promise<void>
  /** One step to undo. With null the pictures of the classes are left without one; a class that the
   *  others are merged into stays. */
  removeClasses(classIds: readonly string[], mergeInto: string | null): Promise<void>
  /** Gives a split to usable pictures that have none, or (`again`) to all; keeps the policy. */
  drawSplits(policy: SplitPolicy, again: boolean): Promise<void>
  /** The same for those that came since splits were drawn; nothing where none were. */
  placeNew(): Promise<void>
  undo(): Promise<void>
  redo(): Promise<void>
  /** `likeness`: what the network says of two pictures, where it has been asked. */
  health(likeness?: HealthInput['likeness']): Promise<HealthFinding[]>
  /** Throws 'disk-full', 'not-writable'. */
  exportLabels(folder: string): Promise<{ path: string; rows: number }>
  /** Throws 'disk-full', 'not-writable', 'dataset-too-small'. */
  exportFolders(input: ExportFoldersInput): Promise<ExportedFolders>
  /** Resolves when what looks different was read again. */
  checkFiles(): Promise<{ missing: number; changed: number }>
  missing(): Promise<MissingFolder[]>
  /** Throws 'bad-input' when nothing is missing from there, 'file-missing' for `to`. */
  relocate(from: string, to: string): Promise<{ found: number; byContent: number; missing: number }>
  /** Throws 'bad-input' when there is no such picture. */
  picture(id: string): StoredPicture
  /** Those with a class, not left out, there and without a problem, in order of adding. */
  usable(): UsablePicture[]
  /** SHA-256 of a file, remembered while the file does not change; what was read of a picture counts. */
  hash(path: string): Promise<string>
  /** Resolves when nothing is being read. */
  settled(): Promise<void>
  /** Changes the name in later snapshots and in project.json. */
  rename(name: string): Promise<void>
  close(): Promise<void>
}

const checkAfter = 5000

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
  const health = openHealth(fingerprints)

  const edit = (...edits: Edit[]) =>
    labels.commit(() => {
      attend()
      return edits
    })
  const progress = openProgress((news) => options.onProgress?.(news))
  const telling = (phase: DatasetPhase, total: number) => (done: number) =>
    progress.tell(phase, done, total)
  const recordCount = () =>
    updateProject(options.folder, { pictures: labels.state.pictures.size }).catch(() => {})
  const all = () => [...labels.state.pictures.values()]
  let places: { readonly of: number; readonly pictures: Map<string, StoredPicture> } | null = null
  const byPath = () => {
    if (places?.of !== labels.revision)
      places = {
        of: labels.revision,
        pictures: new Map(all().map((picture) => [picture.path, picture])),
      }
    return places.pictures
  }
  const usable = () => all().filter((picture): picture is UsablePicture => isUsable(picture))
  const current = (pictures: readonly StoredPicture[]) =>
    pictures.flatMap(({ id }) => labels.state.pictures.get(id) ?? [])
  const found = (facts: readonly Facts[]): Edit[] => [{ type: 'found', facts }]
  /** Of files that were looked at; one that was pointed to a new place meanwhile is elsewhere now. */
  const tell = (facts: readonly Facts[]) =>
    labels.commit(({ pictures }) =>
      found(facts.filter(({ id, path }) => pictures.get(id)?.path === path)),
    )

  const reading = createReading({ tell, progress })
  const readLater = (pictures: readonly StoredPicture[]) => {
    reading.read(pictures).catch(() => {})
  }
  const intake = createIntake({ labels, progress, onAdded: readLater })
  const place = (policy: SplitPolicy, again: boolean) =>
    labels.commit(() => [{ type: 'splits', policy, groups: drawSplits(usable(), policy, again) }])

  const checkFiles = async () => {
    const pictures = all()
    const { gone, suspect } = await lookForFiles(
      pictures,
      telling('checking', pictures.length),
    ).finally(() => progress.end('checking'))
    if (gone.length) await tell(gone)
    await reading.read(suspect)
    const now = all()
    return {
      missing: now.filter(({ file }) => file === 'missing').length,
      changed: now.filter(hasChanged).length,
    }
  }

  // What was not read when the program stopped last time is read now; what moved or changed in the
  // meantime is noticed a little later, for a person waits for the first pages.
  readLater(all().filter(({ bytes, file }) => bytes === null && file === 'present'))
  const opening = setTimeout(() => void checkFiles().catch(() => {}), checkAfter)
  opening.unref()

  return {
    ...intake,
    snapshot: () => ({ projectId: options.projectId, projectName, ...labels.head() }),
    pictures: (from, count) => labels.page(from, count),
    all,
    classes: () => labels.state.classes,
    async add(input) {
      const result = await intake.add(input)
      await recordCount()
      return result
    },
    forget: (pictures) => edit({ type: 'forget', pictures }),
    set: (groups) => edit({ type: 'set', groups }),
    async addClass(name) {
      const id = newId()
      await edit({ type: 'addClass', id, name: name.trim() || name })
      return { classId: id }
    },
    renameClass: (id, name) => edit({ type: 'renameClass', id, name: name.trim() || name }),
    colourClasses: (ids, colour) => edit({ type: 'colourClasses', ids, colour }),
    orderClasses: (ids) => edit({ type: 'orderClasses', ids }),
    removeClasses: (ids, mergeInto) => edit({ type: 'removeClasses', ids, mergeInto }),
    drawSplits: place,
    async placeNew() {
      const { splits } = labels.state
      if (splits && usable().some(({ split }) => split === null)) await place(splits, false)
    },
    undo: () => edit({ type: 'undo' }),
    redo: () => edit({ type: 'redo' }),
    async health(likeness) {
      try {
        const pictures = all()
        return await health.find({
          classes: labels.state.classes,
          pictures,
          ...(likeness ? { likeness } : {}),
          onProgress: telling('checking', pictures.length),
        })
      } finally {
        progress.end('checking')
        await fingerprints.flush().catch(() => {})
      }
    },
    exportLabels: (folder) =>
      exportLabels({ folder, projectName, classes: labels.state.classes, pictures: all() }),
    async exportFolders(input) {
      const pictures = usable()
      try {
        return await exportFolders({
          ...input,
          projectName,
          classes: labels.state.classes,
          pictures,
          onProgress: telling('copying', pictures.length),
        })
      } finally {
        progress.end('copying')
      }
    },
    checkFiles,
    missing: () => missingFolders(all()),
    async relocate(from, to) {
      const { moved, byContent, missing } = await findMoved({ from, to, pictures: all() })
      await labels.commit(() =>
        found(moved.map((picture) => ({ ...known(picture), file: 'present' }))),
      )
      await reading.read(current(moved))
      return { found: moved.length, byContent, missing }
    },
    picture(id) {
      const found = labels.state.pictures.get(id)
      if (!found) throw new Failure('bad-input', { reason: 'That photo is no longer there.' })
      return found
    },
    usable,
    hash: (path) => fingerprints.hash(path, byPath().get(path)),
    settled: () => reading.settled(),
    async rename(name) {
      await updateProject(options.folder, { name })
      projectName = name
    },
    async close() {
      clearTimeout(opening)
      await reading.close()
      await recordCount()
      await fingerprints.flush().catch(() => {})
      await labels.close()
    },
  }
}

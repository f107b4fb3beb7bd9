// One open data set, as the rest of the engine sees it: labels with their journal (labelStore), intake
// and export of pictures and labels, and the reading of files in the background.
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
} from '../../../shared/dataset'
import type { Edit } from '../../../shared/edit'
import { Failure } from '../../../shared/failure'
import { reason } from '../../../shared/reason'
import { isUsable } from './labels/counts'
import { exportFolders } from './export/exportFolders'
import { exportLabels } from './export/exportLabels'
import { openFingerprints, type Fingerprints } from '../pictures/fingerprint'
import { openHealth, type HealthInput } from './checks/health'
import { createIntake, type Intake } from './intake/intake'
import type { FileFacts, JournalEdit, StoredPicture } from './labels/edits'
import { fileFactsOf } from './labels/fileFacts'
import { openLabels, type LabelStore, type LabelStoreOptions } from './labels/labelStore'
import { updateProject } from './project'
import { openProgress, type DatasetPhase, type DatasetProgress } from './intake/datasetProgress'
import { createReading } from './checks/reading'
import { drawSplits } from './splits'
import { claimOrFail, type Claim } from '../files/claim'
import { makeFolder } from '../files/wholeFiles'
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
  /** What of the labels could not be read when it was opened; null: nothing. */
  readonly damage: LabelStore['damage']
  snapshot(): DatasetSnapshot
  pictures(from: number, count: number): PicturePage
  /** All of them in order of adding, as they are now. */
  all(): readonly StoredPicture[]
  classes(): readonly PictureClass[]
  /** @throws {Failure} what the edit's rule refuses (labels/rules.ts), disk-full, not-writable; nothing is
   *  changed then */
  edit(edit: Edit): Promise<void>
  /** Gives a split to pictures that came since splits were drawn; nothing where none were. */
  placeNew(): Promise<void>
  /** `likeness`: how alike the network finds two pictures, where features are computed. */
  health(likeness?: HealthInput['likeness']): Promise<HealthFinding[]>
  /** @throws {Failure} disk-full, not-writable */
  exportLabels(folder: string): Promise<{ path: string; rows: number }>
  /** @throws {Failure} disk-full, not-writable, dataset-too-small */
  exportFolders(input: ExportFoldersInput): Promise<ExportedFolders>
  /** Looks for every file; resolves when those that look different were read again. */
  checkFiles(): Promise<{ missing: number; changed: number }>
  missing(): Promise<MissingFolder[]>
  /** @throws {Failure} bad-input when nothing is missing below `from`, file-missing for `to` */
  relocate(from: string, to: string): Promise<{ found: number; byContent: number; missing: number }>
  /** @throws {Failure} bad-input when there is no such picture */
  picture(id: string): StoredPicture
  /** Pictures with a class, not excluded, present and without a problem, in order of adding. */
  usable(): UsablePicture[]
  /** SHA-256 of a file, hex; cached until its size or time changes, and known for pictures that were read. */
  hash(path: string): Promise<string>
  /** Resolves when nothing is being read. */
  settled(): Promise<void>
  /** Changes the name in later snapshots and in project.json. */
  rename(name: string): Promise<void>
  close(): Promise<void>
}

const checkAfter = 5000

/** @throws {Failure} in-use while another process has it open, not-writable, disk-full, or file-unreadable
 *  when the stored labels are damaged */
export async function openDataset(options: DatasetOptions): Promise<Dataset> {
  const { folder } = options
  await makeFolder(folder)
  const held = await claimOrFail(join(folder, 'labels.jsonl'))
  try {
    const labels = await openLabels(options)
    const fingerprints = await openFingerprints(join(folder, 'fingerprints.jsonl'))
    return datasetOn({ options, labels, fingerprints, held })
  } catch (error) {
    await held.release()
    throw error
  }
}

interface Parts {
  readonly options: DatasetOptions
  readonly labels: LabelStore
  readonly fingerprints: Fingerprints
  readonly held: Claim
}

function datasetOn({ options, labels, fingerprints, held }: Parts): Dataset {
  let projectName = options.projectName
  const health = openHealth(fingerprints)

  const progress = openProgress((news) => options.onProgress?.(news))
  const reportTo = (phase: DatasetPhase, total: number) => (done: number) =>
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
  /** Facts of a file from which the picture was moved meanwhile are left out. */
  const recordFacts = (facts: readonly FileFacts[]) =>
    labels.commit(({ pictures }) => [
      { type: 'found', facts: facts.filter(({ id, path }) => pictures.get(id)?.path === path) },
    ])
  /** Draws what an edit leaves to chance, before it is written. */
  const drawn = (edit: Edit): JournalEdit => {
    if (edit.type !== 'drawSplits') return edit
    const { policy, again } = edit
    return { type: 'splits', policy, groups: drawSplits(usable(), policy, again) }
  }
  const edit = (edit: Edit) =>
    labels.commit(() => {
      attend()
      return [drawn(edit)]
    })

  const reading = createReading({ onFacts: recordFacts, progress })
  const readLater = (pictures: readonly StoredPicture[]) => {
    reading.read(pictures).catch(() => {})
  }
  const intake = createIntake({ labels, progress, onAdded: readLater })

  const checkFiles = async () => {
    const pictures = all()
    const { gone, suspect } = await lookForFiles(
      pictures,
      reportTo('checking', pictures.length),
    ).finally(() => progress.end('checking'))
    if (gone.length) await recordFacts(gone)
    await reading.read(suspect)
    const now = all()
    return {
      missing: now.filter(({ file }) => file === 'missing').length,
      changed: now.filter(hasChanged).length,
    }
  }

  // Pictures that were not read yet are read now; files that moved or changed since are looked for a
  // little later, because the first pages of pictures come first.
  readLater(all().filter(({ bytes, file }) => bytes === null && file === 'present'))
  const opening = setTimeout(() => void checkFiles().catch(() => {}), checkAfter)
  opening.unref()

  return {
    ...intake,
    damage: labels.damage,
    snapshot: () => ({ projectId: options.projectId, projectName, ...labels.head() }),
    pictures: (from, count) => labels.page(from, count),
    all,
    classes: () => labels.state.classes,
    async add(input) {
      const result = await intake.add(input)
      await recordCount()
      return result
    },
    edit,
    async placeNew() {
      const { splits } = labels.state
      if (splits && usable().some(({ split }) => split === null))
        await edit({ type: 'drawSplits', policy: splits, again: false })
    },
    async health(likeness) {
      try {
        const pictures = all()
        return await health.find({
          classes: labels.state.classes,
          pictures,
          ...(likeness ? { likeness } : {}),
          onProgress: reportTo('checking', pictures.length),
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
          onProgress: reportTo('copying', pictures.length),
        })
      } finally {
        progress.end('copying')
      }
    },
    checkFiles,
    missing: () => missingFolders(all()),
    async relocate(from, to) {
      const { moved, byContent, missing } = await findMoved({ from, to, pictures: all() })
      const facts = moved.map((each): FileFacts => ({ ...fileFactsOf(each), file: 'present' }))
      await labels.commit(() => [{ type: 'found', facts }])
      await reading.read(current(moved))
      return { found: moved.length, byContent, missing }
    },
    picture(id) {
      const picture = labels.state.pictures.get(id)
      if (!picture) throw new Failure('bad-input', { reason: reason('photo-gone') })
      return picture
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
      await labels.close().finally(() => held.release())
    },
  }
}

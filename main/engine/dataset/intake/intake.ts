// How pictures and labels come into a data set: scanning what was dropped, adding it, and importing
// labels from files. Each is one step to undo, and on the disk when it is answered; the first pictures
// are sent to the window before the rest is written, so that the grid fills at once.
import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import type {
  IntakeResult,
  LabelImport,
  Layout,
  PictureClass,
  PictureSettings,
  ScanResult,
  SettingGroup,
} from '../../../../shared/dataset'
import { planImport } from './importLabels'
import type { StoredPicture } from '../labels/edits'
import { sameClassName } from '../labels/rules'
import type { LabelStore } from '../labels/labelStore'
import { layoutChoices, type Choices, type FoundPicture } from './layout'
import type { Progress } from './datasetProgress'
import { foundIn, type Found } from './scan'
import { background } from '../../files/turns'
import { walk, type Walked } from './walk'

export interface AddInput {
  readonly paths: readonly string[]
  /** The class of all pictures; null: given by their folders. */
  readonly classId: string | null
  /** Null or not given: the suggested layout. */
  readonly layout?: Layout | null
}
export interface ImportLabelsInput {
  readonly path: string
  readonly root: string | null
  /** Without it nothing is changed. */
  readonly apply: boolean
}
export interface Intake {
  /** @throws {Failure} as `walk`, and folder-empty */
  scan(paths: readonly string[]): Promise<ScanResult>
  add(input: AddInput): Promise<IntakeResult>
  /** @throws {Failure} file-missing, file-unreadable, bad-input */
  importLabels(input: ImportLabelsInput): Promise<LabelImport>
}
export interface IntakeOptions {
  readonly labels: LabelStore
  readonly progress: Progress
  /** Called with the pictures that were added. */
  readonly onAdded: (pictures: readonly StoredPicture[]) => void
}

/** The first pictures show at once, the rest follows in larger parts. */
const firstPart = 500
const laterParts = 4000
const idLength = 12
/** Milliseconds that each later part of an addition waits for thumbnails at most. */
const patience = 150
/** Milliseconds that a walk over dropped folders counts as fresh. */
const freshFor = 60_000

export function createIntake({ labels, progress, onAdded }: IntakeOptions): Intake {
  /** A drop is scanned first and then added: the folders are walked once. */
  let latest: LatestWalk | null = null
  const walkOnce = async (paths: readonly string[]) => {
    const key = paths.join('\0')
    if (latest?.key === key && Date.now() - latest.time < freshFor) return latest
    const tell = (count: number) => progress.tell('scanning', count, count)
    tell(0)
    try {
      const walked = await walk(paths, tell)
      const { choices, nested } = layoutChoices(walked)
      const suggested = foundIn(walked, choices[0].layout)
      latest = { key, time: Date.now(), walked, choices, nested, suggested }
      return latest
    } finally {
      progress.end('scanning')
    }
  }
  const knownPaths = () =>
    new Set([...labels.state.pictures.values()].map((picture) => picture.path))

  /** Adds found pictures with the classes that they need, and relabels others, as one step to undo. */
  const takeIn = async (
    found: readonly (FoundPicture & { readonly classId?: string | null })[],
    relabel: (naming: ClassNaming) => SettingGroup[] = () => [],
  ) => {
    const pictures: StoredPicture[] = []
    // Reported until reading begins, so that work between two parts does not look finished.
    progress.tell('scanning', found.length, found.length)
    const adding = labels.commit(async function* ({ classes, pictures: present }) {
      const known = new Set([...present.values()].map((picture) => picture.path))
      const naming = new ClassNaming(classes)
      const groups = relabel(naming)
      for (let at = 0, first = true; at < found.length || first; first = false) {
        const part: StoredPicture[] = []
        const most = first ? firstPart : laterParts
        for (; at < found.length && part.length < most; at++) {
          const { path, className, classId, split } = found[at]!
          if (known.has(path)) continue
          known.add(path)
          const inClass = classId ?? (className === null ? null : naming.idOf(className))
          part.push(newPicture(path, { classId: inClass, split }))
        }
        // Thumbnails of the first part go first.
        if (!first) await background(patience)
        yield {
          type: 'addPictures',
          classes: naming.takeMade(),
          pictures: part,
          groups: first ? groups : [],
          continues: pictures.length > 0,
        }
        for (const picture of part) pictures.push(picture)
      }
    })
    try {
      await adding
    } finally {
      // Also those that were added before a part was refused.
      if (pictures.length) onAdded(pictures)
      progress.end('scanning')
    }
    return pictures.length
  }

  return {
    async scan(paths) {
      const { walked, choices, nested, suggested } = await walkOnce(paths)
      const { pictures, ignored } = suggested
      const known = knownPaths()
      return {
        pictures: pictures.length,
        already: pictures.filter(({ path }) => known.has(path)).length,
        choices: [...choices],
        nested,
        ignored: [...ignored],
        labelFiles: [...walked.labelFiles],
      }
    },
    async add({ paths, classId, layout }) {
      const { walked, suggested } = await walkOnce(paths)
      latest = null
      const { pictures, ignored } = layout ? foundIn(walked, layout) : suggested
      const added = await takeIn(
        classId === null ? pictures : pictures.map((picture) => ({ ...picture, classId })),
      )
      return { added, already: pictures.length - added, ignored: [...ignored] }
    },
    async importLabels({ path, root, apply }) {
      const plan = await planImport({ path, root, pictures: [...labels.state.pictures.values()] })
      if (apply)
        await takeIn(plan.add, (naming) =>
          grouped(
            plan.relabel.map(({ id, className, to }) => ({
              id,
              to: className === null ? to : { ...to, classId: naming.idOf(className) },
            })),
          ),
        )
      return plan.summary
    },
  }
}

/** Pictures with the same settings together. */
function grouped(each: readonly { readonly id: string; readonly to: PictureSettings }[]) {
  const groups = new Map<string, SettingGroup>()
  for (const { id, to } of each) {
    const key = JSON.stringify(to)
    const known = groups.get(key)
    if (known) known.pictures.push(id)
    else groups.set(key, { pictures: [id], to })
  }
  return [...groups.values()]
}

/** The latest walk over dropped paths, with its suggested layout. */
interface LatestWalk extends Choices {
  readonly key: string
  readonly time: number
  readonly walked: Walked
  readonly suggested: Found
}

let randomness = ''
/** 48 random bits in hex. Drawn many at a time, because one system call for each picture would take
 *  longer than everything else. */
export function newId(): string {
  if (randomness.length < idLength) randomness = randomBytes(6 * 1024).toString('hex')
  const id = randomness.slice(0, idLength)
  randomness = randomness.slice(idLength)
  return id
}

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

/** Finds classes by name (`sameClassName`), and makes those that are not there. */
class ClassNaming {
  private made: PictureClass[] = []
  private readonly ids: Map<string, string>
  private readonly asWritten = new Map<string, string>()
  constructor(classes: readonly PictureClass[]) {
    this.ids = new Map(classes.map(({ id, name }) => [sameClassName(name), id]))
  }
  /** The classes made since the last call. */
  takeMade() {
    const made = this.made
    this.made = []
    return made
  }
  idOf(name: string) {
    const known = this.asWritten.get(name)
    if (known) return known
    const key = sameClassName(name)
    const id = this.ids.get(key) ?? newId()
    if (!this.ids.has(key)) this.made.push({ id, name: name.trim() || name, colour: null })
    this.ids.set(key, id)
    this.asWritten.set(name, id)
    return id
  }
}

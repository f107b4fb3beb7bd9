// Projects on disk: one folder each under the root, named by a short random id, with project.json
// beside the journal. project.json is replaced as a whole, so it is the old one or the new one. A folder
// whose project.json cannot be read is a damaged project, not none.
import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat, utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { ProjectSummary, ToldFailure } from '../../../shared/contract'
import { describeFailure, Failure } from '../../../shared/failure'
import { otherReason, reason, type ReasonCode } from '../../../shared/reason'
import { ignoreMissing, readFailure } from '../files/fileFailures'
import { seal, unseal } from '../files/sealedJson'
import { makeFolder, writeFileAtomically } from '../files/wholeFiles'

const ProjectFile = z.object({
  format: z.literal(1),
  id: z.string(),
  /** Empty: the person gave none, and the window says its own. */
  name: z.string(),
  created: z.number(),
  pictures: z.number().default(0),
})
type ProjectFile = z.infer<typeof ProjectFile>

export interface Project {
  readonly id: string
  readonly name: string
  readonly folder: string
}

const idShape = /^[a-z0-9]{1,64}$/
const labelFiles = [
  'labels.jsonl',
  'labels.previous.jsonl',
  'labels.snapshot.jsonl',
  'labels.snapshot.json',
]

/** Latest first. Folders that hold no project are passed over; a missing root holds none. */
export async function listProjects(root: string): Promise<ProjectSummary[]> {
  const names = await readdir(root).catch(() => [])
  const found = await Promise.all(
    names.filter((name) => idShape.test(name)).map((id) => summaryOf(join(root, id))),
  )
  return found
    .flatMap((summary) => (summary ? [summary] : []))
    .sort((a, b) => b.modified - a.modified)
}

/** @throws {Failure} disk-full, not-writable */
export async function createProject(root: string, name: string): Promise<Project> {
  const id = BigInt(`0x${randomBytes(6).toString('hex')}`).toString(36)
  const folder = join(root, id)
  await makeFolder(folder)
  await write(folder, { format: 1, id, name: name.trim(), created: Date.now(), pictures: 0 })
  return { id, name: name.trim(), folder }
}

/** @throws {Failure} project-missing, project-damaged */
export async function openProject(root: string, id: string): Promise<Project> {
  if (!idShape.test(id)) throw new Failure('project-missing', { id })
  const folder = join(root, id)
  const file = await read(folder)
  if (!file) throw new Failure('project-missing', { id })
  if (file.pictures > 0 && (await sizeOfLabels(folder)) === 0)
    throw damagedBy('labels-missing', folder, file.name)
  return { id, name: file.name, folder }
}

/** Changes the name or the count that the list of projects shows; a folder without project.json
 *  (a data set opened headless) stays without.
 *  @throws {Failure} project-damaged, disk-full, not-writable */
export async function updateProject(
  folder: string,
  change: { name?: string; pictures?: number },
): Promise<void> {
  const file = await read(folder)
  if (file) await write(folder, { ...file, ...change })
}

/** The latest project is the one that was opened last. */
export async function touchProject(folder: string): Promise<void> {
  const now = new Date()
  // A project that cannot be written to is opened nevertheless.
  await utimes(pathIn(folder), now, now).catch(() => undefined)
}

/** What is wrong with a project, from whatever opening it threw. */
export function damagedProject(
  { folder, name = '' }: { readonly folder: string; readonly name?: string },
  cause: unknown,
): Failure {
  if (cause instanceof Failure && cause.code === 'project-damaged') return cause
  const { path = folder, reason: why = otherReason(messageOf(cause)) } =
    cause instanceof Failure ? cause.details : {}
  return new Failure('project-damaged', { name: name || basename(folder), path, reason: why })
}

const damagedBy = (code: ReasonCode, folder: string, name?: string) =>
  new Failure('project-damaged', {
    name: name || basename(folder),
    path: folder,
    reason: reason(code),
  })

const messageOf = (cause: unknown) =>
  (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')

export const toldFailure = ({ code, details }: Failure): ToldFailure => ({
  ...{ code, details: { ...details } },
  ...describeFailure(code, details),
})

const pathIn = (folder: string) => join(folder, 'project.json')

/** Null where there is no project. @throws {Failure} project-damaged */
async function read(folder: string): Promise<ProjectFile | null> {
  const path = pathIn(folder)
  const text = await readFile(path, 'utf8')
    .catch(ignoreMissing)
    .catch((error: unknown) => {
      throw damagedProject({ folder }, readFailure(path, error))
    })
  if (text === null) {
    if ((await sizeOfLabels(folder)) === 0) return null
    throw damagedBy('project-file-missing', folder)
  }
  const stored = parsedJson(text)
  const file = ProjectFile.safeParse(stored)
  if (file.success) return file.data
  const { format, name } = z
    .object({ format: z.number(), name: z.string().min(1) })
    .partial()
    .catch({})
    .parse(stored)
  const isOther = format !== undefined && format !== 1
  throw damagedBy(isOther ? 'other-version' : 'project-file-damaged', folder, name)
}

function parsedJson(text: string): unknown {
  try {
    return unseal(text)
  } catch {
    return null
  }
}

async function write(folder: string, file: ProjectFile) {
  await writeFileAtomically(pathIn(folder), [Buffer.from(seal(file, { indent: 2 }))])
}

async function sizeOfLabels(folder: string): Promise<number> {
  const sizes = await Promise.all(
    labelFiles.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function summaryOf(folder: string): Promise<ProjectSummary | null> {
  const id = basename(folder)
  const times = await Promise.all(
    ['project.json', 'labels.jsonl'].map((name) =>
      stat(join(folder, name)).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    ),
  )
  const shared = { id, folder, modified: Math.max(...times) }
  try {
    const file = await read(folder)
    return file && { ...shared, name: file.name, pictures: file.pictures, damage: null }
  } catch (error) {
    const failure = damagedProject({ folder }, error)
    const name = String(failure.details.name)
    return { ...shared, name, pictures: 0, damage: toldFailure(failure) }
  }
}

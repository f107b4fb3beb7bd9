// Projects on disk: one folder each under the root, named by a short random id, with project.json
// beside the journal. project.json is replaced as a whole, so it is the old one or the new one.
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import type { ProjectSummary } from '../../../shared/contract'
import { Failure } from '../../../shared/failure'
import { writeFailure } from '../files/fileFailures'

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
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(folder, error)
  })
  await write(folder, { format: 1, id, name: name.trim(), created: Date.now(), pictures: 0 })
  return { id, name: name.trim(), folder }
}

/** @throws {Failure} project-missing */
export async function openProject(root: string, id: string): Promise<Project> {
  if (!idShape.test(id)) throw new Failure('project-missing', { id })
  const folder = join(root, id)
  const file = await read(folder)
  if (!file) throw new Failure('project-missing', { id })
  return { id, name: file.name, folder }
}

/** Changes the name or the count that the list of projects shows; a folder without project.json
 *  (a data set opened headless) stays without. */
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

const pathIn = (folder: string) => join(folder, 'project.json')

async function read(folder: string): Promise<ProjectFile | null> {
  try {
    const parsed = ProjectFile.safeParse(JSON.parse(await readFile(pathIn(folder), 'utf8')))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

async function write(folder: string, file: ProjectFile) {
  const path = pathIn(folder)
  await writeFileAtomic(path, `${JSON.stringify(file, null, 2)}\n`).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
}

async function summaryOf(folder: string): Promise<ProjectSummary | null> {
  const file = await read(folder)
  if (!file) return null
  const times = await Promise.all(
    ['project.json', 'labels.jsonl'].map((name) =>
      stat(join(folder, name)).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    ),
  )
  return { id: file.id, name: file.name, modified: Math.max(...times), pictures: file.pictures }
}

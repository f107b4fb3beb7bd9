// The project that is open: its data set and its queue of runs. One at a time. A damaged project is told
// and passed over; it never keeps the app from opening another.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Post, ProjectSummary, ToldFailure } from '../../../shared/contract'
import type { DatasetSnapshot } from '../../../shared/dataset'
import { describeFailure, Failure, type FailureCode } from '../../../shared/failure'
import type { RunEvent } from '../../../shared/runEvents'
import { openDataset, type Dataset } from '../dataset/dataset'
import {
  createProject,
  damagedProject,
  listProjects,
  openProject,
  toldFailure,
  touchProject,
  type Project,
} from '../dataset/project'
import { writeFailure } from '../files/fileFailures'
import { homePaths, type Home } from '../files/home'
import { setAside } from '../files/keepBeside'
import { damagedRuns } from './damagedRuns'
import { Queue, readQueue } from './queue'
import { recoverRuns, type Recovered } from './rest'
import type { Runner } from './runner'

interface OpenProject {
  readonly project: Project
  readonly dataset: Dataset
  readonly queue: Queue
  /** Runs that were cut off before it was opened. */
  readonly recovered: Recovered
}

export interface ProjectsOptions {
  readonly home: Home
  readonly post: Post
  readonly runner: () => Runner
  /** Features of the project before are dropped. */
  readonly forgetFeatures: () => Promise<void>
}

export class Projects {
  private open: OpenProject | null = null
  private readonly root: string

  /** Why projects could not be opened, by id, since the engine started. */
  private readonly damage = new Map<string, Failure>()
  /** What was told, by its words, so that nothing is told twice. */
  private readonly told = new Map<string, ToldFailure>()

  /** @throws {Failure} disk-full, not-writable */
  constructor(private readonly options: ProjectsOptions) {
    const paths = homePaths(options.home)
    this.root = paths.projects
    for (const folder of Object.values(paths).filter((path) => !/\.jsonl?$/.test(path)))
      try {
        mkdirSync(folder, { recursive: true })
      } catch (error) {
        throw writeFailure(folder, error)
      }
  }

  /** Latest first, damaged ones among them. */
  async list(): Promise<ProjectSummary[]> {
    return (await listProjects(this.root)).map((summary) => {
      const failure = this.damage.get(summary.id)
      return failure && !summary.damage ? { ...summary, damage: toldFailure(failure) } : summary
    })
  }

  problems = (): ToldFailure[] => [...this.told.values()]

  /** @throws {Failure} run-active, disk-full, not-writable */
  create = async (name: string) => this.use(await createProject(this.root, name))

  /** Where it fails, the project that is open stays open.
   *  @throws {Failure} run-active, project-missing, project-damaged */
  async openById(id: string): Promise<DatasetSnapshot> {
    if (this.options.runner().busy) throw new Failure('run-active')
    return this.use(await this.remembering(id, () => openProject(this.root, id)))
  }

  /** Opens the latest project that can be opened, or makes one. What is wrong with others is told; they
   *  stay as they are.
   *  @param options.again the engine crashed and was started again */
  async openLatest({ again = false } = {}): Promise<void> {
    const found = await listProjects(this.root)
    for (const { damage } of found) if (damage) this.tell(damage)
    for (const { id, damage } of found) if (!damage && (await this.tryToOpen(id, again))) return
    await this.replaceOpen(await createProject(this.root, ''), again)
  }

  private async tryToOpen(id: string, again: boolean): Promise<boolean> {
    try {
      await this.replaceOpen(await this.remembering(id, () => openProject(this.root, id)), again)
      return true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.tell(toldFailure(error))
      return false
    }
  }

  /** Remembers that a project could not be opened, and forgets it once it could.
   *  @throws {Failure} project-damaged instead of any other error */
  private async remembering<T>(id: string, open: () => Promise<T>): Promise<T> {
    try {
      const opened = await open()
      this.damage.delete(id)
      return opened
    } catch (error) {
      if (error instanceof Failure && keptCodes.has(error.code)) throw error
      if (!(error instanceof Failure)) process.stderr.write(`project ${id}: ${stackOf(error)}\n`)
      const known = (await listProjects(this.root)).find((each) => each.id === id)
      const folder = join(this.root, id)
      const failure = damagedProject(known ? { folder, name: known.name } : { folder }, error)
      this.damage.set(id, failure)
      throw failure
    }
  }

  private tell(failure: ToldFailure) {
    if (this.told.has(failure.message)) return
    this.told.set(failure.message, failure)
    this.options.post('project.problem', failure)
  }

  /** Continues what was cut off: the run that the engine crashed on, else the queue, unless a run
   *  of it is at rest, which only a person resumes. */
  async goOn(): Promise<void> {
    const { recovered, queue } = this.current
    if (recovered.goOn !== null) await this.options.runner().goOnOrRest(recovered.goOn)
    else if (!queue.holds) await queue.advance()
  }

  get current(): OpenProject {
    if (!this.open) throw new Failure('project-missing', { id: '' })
    return this.open
  }

  get dataset() {
    return this.current.dataset
  }

  get queue() {
    return this.current.queue
  }

  get runsFolder() {
    return join(this.current.project.folder, 'runs')
  }

  private async use(project: Project): Promise<DatasetSnapshot> {
    await this.replaceOpen(project, false)
    this.goOn().catch((error: unknown) => {
      process.stderr.write(`project ${project.id}: ${stackOf(error)}\n`)
    })
    return this.dataset.snapshot()
  }

  private async replaceOpen(project: Project, again: boolean): Promise<void> {
    const { post, forgetFeatures, runner } = this.options
    if (runner().busy) throw new Failure('run-active')
    // A project that is open already is closed first: two of it would write to the same files.
    if (this.open?.project.id === project.id) await this.closeOpen()
    const next = await this.remembering(project.id, () => this.opened(project, again))
    await forgetFeatures()
    await this.closeOpen()
    await touchProject(project.folder)
    this.open = next
    post('queue.changed', next.queue.list())
  }

  private async closeOpen() {
    const { open } = this
    this.open = null
    await open?.dataset.close().catch((error: unknown) => {
      process.stderr.write(`project ${open.project.id}: ${stackOf(error)}\n`)
    })
  }

  private async opened(project: Project, again: boolean): Promise<OpenProject> {
    const { post } = this.options
    const { folder, name } = project
    // What is read before it is the open project, even before this function has it, is in its snapshot.
    const isOpen = () => this.open?.project === project
    const dataset = await openDataset({
      folder,
      projectId: project.id,
      projectName: name,
      onChange: (change) => isOpen() && post('dataset.changed', change),
      onProgress: (progress) => isOpen() && post('dataset.progress', progress),
      onFailure: (failure) => post('project.problem', toldFailure(failure)),
    })
    try {
      if (dataset.damage) {
        const { kept, lines } = dataset.damage
        this.tellOf('labels-damaged', { name, count: lines, path: kept })
      }
      const root = join(folder, 'runs')
      const queue = await this.openQueue(project, root)
      const recovered = await recoverRuns({
        ...{ root, again },
        onEvent: (event: RunEvent) => post('run.event', event),
      })
      for (const runId of recovered.givenUp)
        queue.failed(runId, describeFailure('engine-stopped', {}).message)
      const damaged = await damagedRuns(root)
      if (damaged.length > 0) {
        const runs = damaged.slice(0, 5).join(', ')
        this.tellOf('runs-damaged', { name, count: damaged.length, runs, path: root })
      }
      return { project, dataset, queue, recovered }
    } catch (error) {
      await dataset.close().catch(() => undefined)
      throw error
    }
  }

  private async openQueue({ folder, name }: Project, root: string): Promise<Queue> {
    const { post, runner } = this.options
    const path = join(folder, 'queue.json')
    if (readQueue(path) === null) {
      const kept = await setAside(path).catch(() => path)
      this.tellOf('queue-damaged', { name, path: kept })
    }
    return new Queue({
      path,
      runner: runner(),
      exists: (runId) => existsSync(join(root, runId)),
      onChange: (items) => post('queue.changed', items),
    })
  }

  private tellOf(...[code, details]: ConstructorParameters<typeof Failure>) {
    this.tell(toldFailure(new Failure(code, details)))
  }
}

/** Failures that say nothing of the project. */
const keptCodes = new Set<FailureCode>(['run-active', 'project-missing', 'in-use'])

const stackOf = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

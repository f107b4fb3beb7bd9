// The project that is open: its data set and its queue of runs. One at a time.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Post } from '../../../shared/contract'
import type { DatasetSnapshot } from '../../../shared/dataset'
import { describeFailure, Failure } from '../../../shared/failure'
import type { RunEvent } from '../../../shared/runEvents'
import { openDataset, type Dataset } from '../dataset/dataset'
import {
  createProject,
  listProjects,
  openProject,
  touchProject,
  type Project,
} from '../dataset/project'
import { homePaths, type Home } from '../files/home'
import { Queue } from './queue'
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

  constructor(private readonly options: ProjectsOptions) {
    const paths = homePaths(options.home)
    this.root = paths.projects
    for (const folder of Object.values(paths).filter((path) => !/\.jsonl?$/.test(path)))
      mkdirSync(folder, { recursive: true })
  }

  list = () => listProjects(this.root)

  /** @throws {Failure} run-active, disk-full, not-writable */
  create = async (name: string) => this.use(await createProject(this.root, name))

  /** @throws {Failure} run-active, project-missing */
  openById = async (id: string) => this.use(await openProject(this.root, id))

  /** Opens the latest project that can be opened, or makes one. One that is damaged stays as it is,
   *  and says what is wrong when a person opens it.
   *  @param options.again the engine crashed and was started again */
  async openLatest({ again = false } = {}): Promise<void> {
    for (const { id } of await this.list()) {
      try {
        await this.replaceOpen(await openProject(this.root, id), again)
        return
      } catch (error) {
        if (!(error instanceof Failure)) throw error
      }
    }
    await this.replaceOpen(await createProject(this.root, ''), again)
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
    void this.goOn()
    return this.dataset.snapshot()
  }

  private async replaceOpen(project: Project, again: boolean): Promise<void> {
    const { post, forgetFeatures } = this.options
    const runner = this.options.runner()
    if (runner.busy) throw new Failure('run-active')
    await forgetFeatures()
    await this.open?.dataset.close()
    this.open = null
    const dataset = await openDataset({
      folder: project.folder,
      projectId: project.id,
      projectName: project.name,
      onChange: (change) => post('dataset.changed', change),
      onProgress: (progress) => post('dataset.progress', progress),
    })
    const root = join(project.folder, 'runs')
    const queue = new Queue({
      path: join(project.folder, 'queue.json'),
      runner,
      exists: (runId) => existsSync(join(root, runId)),
      onChange: (items) => post('queue.changed', items),
    })
    const onEvent = (event: RunEvent) => post('run.event', event)
    const recovered = await recoverRuns({ root, again, onEvent })
    for (const runId of recovered.givenUp)
      queue.failed(runId, describeFailure('engine-stopped', {}).message)
    await touchProject(project.folder)
    this.open = { project, dataset, queue, recovered }
    post('queue.changed', queue.list())
  }
}

// The open project: its data set, its runs, and the one run that may be going on. Handlers ask it;
// what happens inside comes out through `post`.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatasetSnapshot, HealthFinding, Split } from '../../shared/dataset'
import { Failure } from '../../shared/failure'
import {
  isActive,
  reduceRun,
  type PresetOffer,
  type RunConfig,
  type RunEvent,
  type RunPlan,
} from '../../shared/run'
import { openDataset, type Dataset } from './dataset/dataset'
import { createProject, listProjects, openProject, type Project } from './dataset/project'
import { choosePrecision, openDevice } from './device/device'
import { costsOf } from './device/costs'
import { openModel, type Model } from './evaluation/model'
import type { Post } from './port'
import { Suggester } from './suggest/suggester'
import type { RunControl } from './training/control'
import { homePaths, type Home } from './training/home'
import { presetOffers } from './training/presetOffers'
import { listRuns, readEvents, readRun } from './training/runFolder'
import { checkTrainable, samplesOf, type Sample, type Samples } from './training/samples'
import { settingsFor, startRun } from './training/startRun'
import { startingWeights, type StartingWeights } from './training/startingWeights'

interface Active {
  readonly runId: string
  readonly control: RunControl
  readonly done: Promise<void>
}
interface Open {
  readonly project: Project
  readonly dataset: Dataset
}

export class Workspace {
  private open: Open | null = null
  private active: Active | null = null
  private starting = false
  private model: { readonly runId: string; readonly model: Promise<Model> } | null = null
  readonly suggester: Suggester
  private known: { readonly key: string; readonly weights: Promise<StartingWeights> } | null = null

  constructor(
    readonly home: Home,
    private readonly post: Post,
  ) {
    this.suggester = new Suggester({
      home,
      precision: () => choosePrecision(home, 'auto'),
      dataset: () => this.dataset,
      onState: (state) => post('suggest.progress', state),
    })
    for (const folder of Object.values(homePaths(home)).filter((path) => !/\.jsonl?$/.test(path)))
      mkdirSync(folder, { recursive: true })
  }

  get projectsRoot() {
    return homePaths(this.home).projects
  }

  /** Opens the latest project that can be opened, or makes one. One that is damaged stays as it is,
   *  and says what is wrong when a person opens it. */
  async openLatest(): Promise<void> {
    for (const { id } of await listProjects(this.projectsRoot)) {
      try {
        await this.use(await openProject(this.projectsRoot, id))
        return
      } catch (error) {
        if (!(error instanceof Failure)) throw error
      }
    }
    await this.use(await createProject(this.projectsRoot, 'My photos'))
  }

  async use(project: Project): Promise<DatasetSnapshot> {
    if (this.active) throw new Failure('run-active')
    await this.suggester.forget()
    await this.open?.dataset.close()
    this.open = null
    const dataset = await openDataset({
      folder: project.folder,
      projectId: project.id,
      projectName: project.name,
      onChange: (change) => this.post('dataset.changed', change),
      onProgress: (progress) => this.post('dataset.progress', progress),
    })
    this.open = { project, dataset }
    return dataset.snapshot()
  }

  get current(): Open {
    if (!this.open) throw new Failure('project-missing', { id: '' })
    return this.open
  }

  get dataset() {
    return this.current.dataset
  }

  get runsRoot() {
    return join(this.current.project.folder, 'runs')
  }

  runFolder(runId: string) {
    if (!/^[a-z0-9-]+$/.test(runId)) throw new Failure('run-missing', { run: runId })
    return join(this.runsRoot, runId)
  }

  samples({ seed, valFraction }: Pick<RunConfig, 'seed' | 'valFraction'>): Samples {
    const names = new Map(this.dataset.classes().map(({ id, name }) => [id, name]))
    const pictures = this.dataset.usable().map(({ id, path, classId, split, hash }) => ({
      id,
      path,
      split,
      hash,
      className: names.get(classId)!,
    }))
    return samplesOf(pictures, { seed, valFraction })
  }

  /** The photos of a split as a run numbers their classes; classes it has not learned are left out. */
  samplesKnownTo(runId: string, split: Split): Sample[] {
    const { config, classes } = readRun(this.runFolder(runId))
    const samples = this.samples(config)
    return samples[split].flatMap((sample) => {
      const label = classes.indexOf(samples.classes[sample.label]!)
      return label < 0 ? [] : [{ ...sample, label }]
    })
  }

  async plan(config: RunConfig): Promise<RunPlan> {
    return settingsFor(await this.weights(config), await this.runInput(config)).plan
  }

  async presets(config: RunConfig): Promise<PresetOffer[]> {
    const weights = await this.weights(config)
    const input = await this.runInput(config)
    checkTrainable(input.samples)
    return presetOffers({ ...input, weights, cacheRoot: homePaths(this.home).features })
  }

  async start(config: RunConfig): Promise<{ runId: string }> {
    if (this.active || this.starting) throw new Failure('run-active')
    this.starting = true
    try {
      await this.suggester.hold()
      const runId = `run-${Date.now().toString(36)}`
      await this.dataset.placeNew()
      const input = await this.runInput(config)
      const { versions } = await openDevice(this.home)
      const run = await startRun({
        ...input,
        home: this.home,
        runId,
        folder: this.runFolder(runId),
        versions,
      })
      this.active = { runId, control: run.control, done: this.relay(run.events) }
      return { runId }
    } finally {
      this.starting = false
      if (!this.active) this.suggester.release()
    }
  }

  pause = () => this.active?.control.pause()
  resume = () => this.active?.control.resume()

  /** Resolves when the run has ended and its files are closed. */
  async stop(): Promise<void> {
    this.active?.control.stop()
    await this.active?.done
  }

  history = (runId: string): RunEvent[] => readEvents(this.runFolder(runId))

  listRuns = () => listRuns(this.runsRoot, this.active?.runId ?? null)

  /** What is wrong with the data, and the labels that the network doubts. */
  async health(): Promise<HealthFinding[]> {
    const findings = await this.dataset.health(this.suggester.likeness)
    return [...findings, ...(await this.suggester.mislabels())]
  }

  /** The model of a run, kept open until another is asked for. */
  openModel(runId: string): Promise<Model> {
    if (this.model?.runId === runId) return this.model.model
    void this.model?.model.then(
      ({ inference }) => inference.dispose(),
      () => undefined,
    )
    const model = openModel(this.runFolder(runId))
    this.model = { runId, model }
    model.catch(() => (this.model = null))
    return model
  }

  private async runInput(config: RunConfig) {
    const precision = await choosePrecision(this.home, config.precision)
    const { device } = await openDevice(this.home)
    const samples = this.samples(config)
    const weights = await this.weights(config)
    const costs = await costsOf({ home: this.home, device, precision, weights, samples })
    return { config, samples, precision, costs }
  }

  /** Plans are asked for at every change; the file is read once. */
  private weights(config: RunConfig): Promise<StartingWeights> {
    const key = JSON.stringify([
      config.weights,
      config.weights === null ? [config.architecture, config.cut, config.seed] : null,
    ])
    if (this.known?.key !== key) {
      const weights = startingWeights(this.home, config)
      this.known = { key, weights }
      weights.catch(() => (this.known = null))
    }
    return this.known.weights
  }

  private async relay(events: AsyncGenerator<RunEvent>) {
    try {
      for await (const event of events) {
        if (!isActive(reduceRun([event]).status)) this.active = null
        this.post('run.event', event)
      }
    } finally {
      this.active = null
      this.suggester.release()
    }
  }
}

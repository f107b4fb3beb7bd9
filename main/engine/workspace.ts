// The open project: its data set, its runs and their queue. Handlers ask it; what happens inside comes
// out through `post`.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatasetSnapshot, HealthFinding, Split } from '../../shared/dataset'
import { describeFailure, Failure } from '../../shared/failure'
import type { RunConfig } from '../../shared/runConfig'
import type { RunEvent } from '../../shared/runEvents'
import type { PresetOffer, RunPlan } from '../../shared/runPlan'
import { openDataset, type Dataset } from './dataset/dataset'
import {
  createProject,
  listProjects,
  openProject,
  touchProject,
  type Project,
} from './dataset/project'
import { choosePrecision, openDevice } from './device/device'
import { costsOf, type CostsInput } from './plan/costs'
import { openModel, type Model } from './evaluation/model'
import type { Post } from '../../shared/contract'
import { RateFinder, type Trial } from './runs/rateFinder'
import { Queue } from './runs/queue'
import { recoverRuns, type Recovered } from './runs/rest'
import { Runner, type RunInput } from './runs/runner'
import { samplesToGoOn } from './runs/samplesToGoOn'
import { Suggester } from './suggest/suggester'
import { homePaths, type Home } from './files/home'
import { presetOffers } from './plan/presetOffers'
import { previewAugmentation, previewType } from './training/previewAugmentation'
import { readEvents, readRun } from './runFiles/runFolder'
import { checkTrainable, countSamples, countsOf } from './plan/sampleCounts'
import { samplesOf, type LabelledPicture, type Samples } from './plan/samples'
import type { Sample } from './pictures/sample'
import { settingsFor } from './training/startRun'
import { startingWeights, type StartingWeights } from './weights/startingWeights'

interface PreviewRequest {
  readonly config: RunConfig
  readonly picture: string | null
  readonly seed: number
}
interface Open {
  readonly project: Project
  readonly dataset: Dataset
  readonly queue: Queue
  /** Runs that were cut off before it was opened. */
  readonly recovered: Recovered
}

export class Workspace {
  private open: Open | null = null
  /** The engine is about to end: nothing more is begun. */
  private closing = false
  private model: { readonly runId: string; readonly model: Promise<Model> } | null = null
  readonly suggester: Suggester
  readonly rates: RateFinder
  readonly runner: Runner
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
    this.rates = new RateFinder({
      home,
      trial: (config) => this.trial(config),
      isTraining: () => this.runner.busy,
      suggester: this.suggester,
    })
    this.runner = new Runner({
      root: () => join(this.current.project.folder, 'runs'),
      input: (config) => this.inputFor(config),
      inputOf: (folder) => this.inputOfRun(folder),
      suggester: this.suggester,
      onEvent: (event) => this.told(event),
      onEnd: (runId, last) => this.runEnded(runId, last),
    })
    for (const folder of Object.values(homePaths(home)).filter((path) => !/\.jsonl?$/.test(path)))
      mkdirSync(folder, { recursive: true })
  }

  get projectsRoot() {
    return homePaths(this.home).projects
  }

  /** Opens the latest project that can be opened, or makes one. One that is damaged stays as it is,
   *  and says what is wrong when a person opens it. `again`: after the engine crashed. */
  async openLatest({ again = false } = {}): Promise<void> {
    for (const { id } of await listProjects(this.projectsRoot)) {
      try {
        await this.replaceOpen(await openProject(this.projectsRoot, id), again)
        return
      } catch (error) {
        if (!(error instanceof Failure)) throw error
      }
    }
    await this.replaceOpen(await createProject(this.projectsRoot, 'My photos'), again)
  }

  async use(project: Project): Promise<DatasetSnapshot> {
    await this.replaceOpen(project, false)
    void this.goOn()
    return this.dataset.snapshot()
  }

  /** Goes on with what was cut off: the run that the engine crashed on, else the queue, unless a run
   *  of it rests, which is a person's to go on with. */
  async goOn(): Promise<void> {
    const { recovered, queue } = this.current
    if (recovered.goOn !== null) await this.runner.goOnOrRest(recovered.goOn)
    else if (!queue.holds) await queue.advance()
  }

  get current(): Open {
    if (!this.open) throw new Failure('project-missing', { id: '' })
    return this.open
  }

  get dataset() {
    return this.current.dataset
  }

  get queue() {
    return this.current.queue
  }

  /** @throws Failure run-missing */
  runFolder(runId: string) {
    const folder = this.runner.folderOf(runId)
    if (!existsSync(folder)) throw new Failure('run-missing', { run: runId })
    return folder
  }

  samples({ seed, valFraction }: Pick<RunConfig, 'seed' | 'valFraction'>): Samples {
    return samplesOf(this.labelled(), { seed, valFraction })
  }

  private labelled(): LabelledPicture[] {
    const names = new Map(this.dataset.classes().map(({ id, name }) => [id, name]))
    return this.dataset.usable().map(({ id, path, classId, split, hash }) => ({
      id,
      path,
      split,
      hash,
      className: names.get(classId)!,
    }))
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
    const weights = await this.weights(config)
    return settingsFor(weights, await this.planInput(config)).plan
  }

  private async trial(config: RunConfig): Promise<Trial> {
    const weights = await this.weights(config)
    const input = await this.runInput(config)
    const counts = countsOf(input.samples)
    return { ...input, weights, settings: settingsFor(weights, { ...input, counts }) }
  }

  /** What a plan rests on, without drawing which photo is on which side. */
  private async planInput(config: RunConfig) {
    const pictures = this.labelled()
    const counts = countSamples(pictures, config)
    const photos = pictures.filter(({ split }) => split !== 'test')
    return { config, counts, ...(await this.costs(config, photos)) }
  }

  /** @throws Failure dataset-too-small without photos, file-missing, file-unreadable */
  async previewAugmentation({ config, picture, seed }: PreviewRequest) {
    const { settings, samples } = await this.trial(config)
    const photo = picture === null ? samples.train[0] : this.dataset.picture(picture)
    if (!photo) throw new Failure('dataset-too-small', { classes: samples.classes.length })
    const { network, resize } = settings
    const view = { ...network, resize, augment: config.augment, seed }
    return {
      picture: photo.id,
      type: previewType,
      images: await previewAugmentation(photo.path, view),
    }
  }

  async presets(config: RunConfig): Promise<PresetOffer[]> {
    const weights = await this.weights(config)
    const input = await this.planInput(config)
    checkTrainable(input.counts)
    const train = () => this.samples(config).train
    return presetOffers({ ...input, weights, train, cacheRoot: homePaths(this.home).features })
  }

  async start(config: RunConfig): Promise<{ runId: string }> {
    const runId = this.runner.newId()
    await this.runner.start(config, { runId })
    return { runId }
  }

  /** Puts the run to rest, or ends it; resolves when that is on the disk. */
  async close({ stop }: { stop: boolean }): Promise<void> {
    this.closing = true
    await this.runner.rest(stop)
  }

  history = (runId: string): RunEvent[] => readEvents(this.runner.folderOf(runId))

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

  private async runInput(config: RunConfig, samples = this.samples(config)) {
    const photos = [...samples.train, ...samples.val]
    return { config, samples, ...(await this.costs(config, photos)) }
  }

  private async costs(config: RunConfig, photos: CostsInput['photos']) {
    const precision = await choosePrecision(this.home, config.precision)
    const { device } = await openDevice(this.home)
    const weights = await this.weights(config)
    const costs = await costsOf({ home: this.home, device, precision, weights, photos })
    return { precision, costs }
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

  private async replaceOpen(project: Project, again: boolean): Promise<void> {
    if (this.runner.busy) throw new Failure('run-active')
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
    const root = join(project.folder, 'runs')
    const queue = new Queue({
      path: join(project.folder, 'queue.json'),
      runner: this.runner,
      exists: (runId) => existsSync(join(root, runId)),
      onChange: (items) => this.post('queue.changed', items),
    })
    const recovered = await recoverRuns({
      root,
      again,
      onEvent: (event) => this.post('run.event', event),
    })
    for (const runId of recovered.givenUp)
      queue.failed(runId, describeFailure('engine-stopped', {}).message)
    await touchProject(project.folder)
    this.open = { project, dataset, queue, recovered }
    this.post('queue.changed', queue.list())
  }

  private told(event: RunEvent) {
    if (event.type === 'started') this.queue.began(event.runId)
    this.post('run.event', event)
  }

  private async runEnded(runId: string, last: RunEvent) {
    this.queue.ended(runId, last)
    if (!this.closing) await this.queue.advance()
  }

  private async inputFor(config: RunConfig): Promise<RunInput> {
    await this.rates.cancel()
    await this.dataset.placeNew()
    const { versions } = await openDevice(this.home)
    return { ...(await this.runInput(config)), ...this.place(), versions }
  }

  /** As it began: its photos and its precision. */
  private async inputOfRun(folder: string): Promise<RunInput> {
    await this.rates.cancel()
    const run = readRun(folder)
    const { versions } = await openDevice(this.home)
    const places = new Map(this.dataset.all().map(({ id, path }) => [id, path]))
    const samples = await samplesToGoOn({
      folder,
      run,
      samples: () => this.samples(run.config),
      pathOf: (id) => places.get(id) ?? null,
    })
    const precision = run.plan.precision
    return {
      ...(await this.runInput({ ...run.config, precision }, samples)),
      config: run.config,
      ...this.place(),
      versions,
    }
  }

  /** Where a run keeps what it shares with others, and who knows the photos' hashes. */
  private place() {
    const { dataset, home } = this
    return { home, hash: (path: string) => dataset.hash(path) }
  }
}

// What a configuration comes to with the photos, weights and computer that are there: the input of a run,
// of a plan and of everything else that asks what a run would do.
import type { Split } from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'
import type { RunConfig } from '../../../shared/runConfig'
import type { PresetOffer, RunPlan } from '../../../shared/runPlan'
import type { Dataset } from '../dataset/dataset'
import type { Device } from '../device/device'
import { homePaths, type Home } from '../files/home'
import { photosOfRun, type PhotosOfRun } from '../evaluation/photosOfRun'
import { costsOf } from '../plan/costs'
import { presetOffers } from '../plan/presetOffers'
import { checkTrainable, countSamples, countsOf } from '../plan/sampleCounts'
import { samplesOf, type Samples } from '../plan/samples'
import type { LabelledPicture } from '../dataset/labelledFolder'
import { readRun } from '../runFiles/runFolder'
import { previewAugmentation, previewType } from '../training/draws/previewAugmentation'
import { settingsFor } from '../training/startRun'
import { startingWeights, type StartingWeights } from '../weights/startingWeights'
import type { Trial } from './rateFinder'
import type { RunInput } from './runner'
import { samplesToGoOn } from './samplesToGoOn'

interface PreviewRequest {
  readonly config: RunConfig
  /** Null: the first training photo. */
  readonly picture: string | null
  readonly seed: number
}

export interface RunInputsOptions {
  readonly home: Home
  readonly device: Device
  readonly dataset: () => Dataset
}

export class RunInputs {
  private known: { readonly key: string; readonly weights: Promise<StartingWeights> } | null = null

  constructor(private readonly options: RunInputsOptions) {}

  samples({ seed, valFraction }: Pick<RunConfig, 'seed' | 'valFraction'>): Samples {
    const by = this.dataset.snapshot().splits?.by ?? 'picture'
    return samplesOf(this.labelled(), { seed, valFraction, by })
  }

  /** The photos of a split on which a run may be judged, with today's labels.
   *  @throws {Failure} run-missing */
  async photosToJudge(folder: string, split: Split): Promise<PhotosOfRun> {
    const run = readRun(folder)
    const now = await Promise.all(
      this.labelled().map(async (photo) => ({
        ...photo,
        hash: photo.hash ?? (await this.dataset.hash(photo.path).catch(() => null)),
      })),
    )
    return photosOfRun({ folder, run, now, split, drawn: () => this.samples(run.config) })
  }

  async plan(config: RunConfig): Promise<RunPlan> {
    const weights = await this.weights(config)
    return settingsFor(weights, await this.planInput(config)).plan
  }

  /** The presets for these weights and the photos that are there.
   *  @throws {Failure} dataset-too-small, and what reading weights throws */
  async presets(config: RunConfig): Promise<PresetOffer[]> {
    const weights = await this.weights(config)
    const input = await this.planInput(config)
    checkTrainable(input.counts)
    const train = () => this.samples(config).train
    const cacheRoot = homePaths(this.options.home).features
    return presetOffers({ ...input, weights, train, cacheRoot })
  }

  /** What a run would train with. */
  async trial(config: RunConfig): Promise<Trial> {
    const weights = await this.weights(config)
    const input = await this.measured(config, this.samples(config))
    const counts = countsOf(input.samples)
    return { ...input, weights, settings: settingsFor(weights, { ...input, counts }) }
  }

  /** @throws {Failure} dataset-too-small (no photos), file-missing, file-unreadable */
  async previewAugmentation({ config, picture, seed }: PreviewRequest) {
    const { settings, samples } = await this.trial(config)
    const photo = picture === null ? samples.train[0] : this.dataset.picture(picture)
    if (!photo) throw new Failure('dataset-too-small', { classes: samples.classes.length })
    const { network, resize } = settings
    const view = { ...network, resize, augment: config.augment, seed }
    const images = await previewAugmentation(photo, view)
    return { picture: photo.id, type: previewType, images }
  }

  /** Of a new run, with every photo that was added by now; copies are known before any split is drawn. */
  async ofNew(config: RunConfig): Promise<RunInput> {
    await this.dataset.findCopies()
    await this.dataset.placeNew()
    return this.complete(config, this.samples(config))
  }

  /** Of a run that is resumed: its own photos and its own precision.
   *  @throws {Failure} run-missing, file-missing */
  async ofResumed(folder: string): Promise<RunInput> {
    const run = readRun(folder)
    const all = this.dataset.all()
    const byId = new Map(all.map(({ id, path }) => [id, path]))
    const byHash = new Map(all.flatMap(({ hash, path }) => (hash ? [[hash, path] as const] : [])))
    const samples = await samplesToGoOn({
      folder,
      run,
      samples: () => this.samples(run.config),
      pathOf: ({ id, hash }) => byId.get(id) ?? (hash ? byHash.get(hash) : undefined) ?? null,
    })
    const { precision } = run.plan
    return { ...(await this.complete({ ...run.config, precision }, samples)), config: run.config }
  }

  private get dataset() {
    return this.options.dataset()
  }

  private labelled(): LabelledPicture[] {
    const names = new Map(this.dataset.classes().map(({ id, name }) => [id, name]))
    return this.dataset.usable().map(({ id, path, classId, split, hash }) => {
      const looked = this.dataset.lookedAt(id)
      return {
        ...{ id, path, split, className: names.get(classId)! },
        ...{ hash: hash ?? looked?.hash ?? null, group: looked?.group ?? null },
      }
    })
  }

  private async complete(config: RunConfig, samples: Samples): Promise<RunInput> {
    const { home, device } = this.options
    const { versions } = await device.status()
    const hash = (path: string) => this.dataset.hash(path)
    return { ...(await this.measured(config, samples)), home, hash, versions }
  }

  /** What a plan rests on, without drawing which photo is on which side. */
  private async planInput(config: RunConfig) {
    const pictures = this.labelled()
    const counts = countSamples(pictures, config)
    return { config, counts, ...(await this.costs(config)) }
  }

  private async measured(config: RunConfig, samples: Samples) {
    return { config, samples, ...(await this.costs(config)) }
  }

  /** The same photos in the same order for every plan and every run, since decoding some of them is timed. */
  private async costs(config: RunConfig) {
    const { home } = this.options
    const photos = this.labelled().filter(({ split }) => split !== 'test')
    const precision = await this.options.device.precision(config.precision)
    const { device } = await this.options.device.status()
    const weights = await this.weights(config)
    return { precision, costs: await costsOf({ home, device, precision, weights, photos }) }
  }

  /** Plans are asked for at every change; the file is read once. */
  private weights(config: RunConfig): Promise<StartingWeights> {
    const key = JSON.stringify([
      config.weights,
      config.weights === null ? [config.architecture, config.cut, config.seed] : null,
    ])
    if (this.known?.key !== key) {
      const weights = startingWeights(this.options.home, config)
      this.known = { key, weights }
      weights.catch(() => (this.known = null))
    }
    return this.known.weights
  }
}

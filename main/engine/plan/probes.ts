// Short measurements of the kinds of work that runs consist of, on parts of a real network of the same
// kind: a second or two, once on each computer. The values of weights and inputs do not matter.
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Architecture, Cut, Stage } from '../../../shared/network'
import type { Precision } from '../../../shared/device'
import { yieldToEventLoop } from '../files/eventLoop'
import { openInference } from '../tensorflow/inference'
import { openTrainer, type Trainer } from '../tensorflow/trainer'
import { buildNetwork, family } from '../network/family'
import { networkParameters, splitNetwork, type Network } from '../network/layers'
import { elementCount, type Tensor } from '../network/tensor'
import { workOf } from '../network/work'
import { fitRate, type Measurement, type Rate, type Speed } from './predict'
import { writeSafetensors } from '../weights/formats/safetensors'

/** Networks of one build take the same time for the same work and share their measurements. v2 is apart,
 *  since its batch norms come before the convolutions and cannot be folded into them. */
export function buildOf(architecture: Architecture): keyof typeof representative {
  const { stem, block, version } = family[architecture]
  return stem === 'cifar' ? 'cifar' : `${block}-${version}`
}
const representative = {
  cifar: { architecture: 'resnet20', size: 32, photos: 32 },
  'basic-v1': { architecture: 'resnet18', size: 224, photos: 4 },
  'basic-v2': { architecture: 'resnet18v2', size: 224, photos: 4 },
  'bottleneck-v1': { architecture: 'resnet50', size: 224, photos: 4 },
  'bottleneck-v2': { architecture: 'resnet50v2', size: 224, photos: 4 },
} as const

export interface Probe {
  readonly architecture: Architecture
  readonly precision: Precision
  readonly usesGpu: boolean
  /** Where the disk is timed; the files written there are removed again. */
  readonly folder: string
}

/** @throws {Failure} out-of-memory, disk-full, not-writable */
export async function measureSpeed({
  architecture,
  precision,
  usesGpu,
  folder,
}: Probe): Promise<Speed> {
  const { photos, ...chosen } = representative[buildOf(architecture)]
  const networkTo = (cut: Cut) =>
    buildNetwork({ ...chosen, flavour: 'standard', cut, classes: 10, standardise: true })
  // The lowest layers write many values for each multiply-add, the upper ones few.
  const low = networkTo('layer1')
  const high = splitNetwork(networkTo('layer3'), 'layer3').above
  const forward = [
    await timeForward(splitNetwork(low, 'head').below, { precision, photos }),
    await timeForward(splitNetwork(high, 'head').below, { precision, photos }),
  ] as const
  const lowTraining = await timeTraining(low, { precision, photos })
  const { perSavedByte, ...highTraining } = await timeTrainingAndSaving(high, {
    ...{ precision, photos, folder },
  })
  const headOnly = await timeTraining(splitNetwork(low, 'head').above, { precision, photos })
  return {
    forward: rateOf(forward),
    training: rateOf([lowTraining, highTraining]),
    perStep: headOnly.seconds * photos,
    perSavedByte,
    ...(await timeDisk(folder)),
    decodesBeside: usesGpu,
  }
}

interface Timed extends Measurement {
  /** Seconds to open the graph and prepare its first run. */
  readonly opening: number
}
const rateOf = ([low, high]: readonly [Timed, Timed]): Rate =>
  fitRate([low, high], (low.opening + high.opening) / (low.work.layers + high.work.layers))

interface Probed {
  readonly precision: Precision
  /** Pictures in a batch. */
  readonly photos: number
}

/** Any values that stay finite. */
const tensorsOf = (network: Network) =>
  new Map<string, Tensor>(
    networkParameters(network).map(({ name, shape }) => [
      name,
      { shape, data: new Float32Array(elementCount(shape)).fill(/var$/.test(name) ? 1 : 1e-3) },
    ]),
  )
const valuesFor = ({ inputShape }: Network, photos: number) => ({
  values: new Float32Array(photos * elementCount(inputShape)).fill(0.1),
})

/** Seconds of a call (the shorter of two, after a first one) and how much longer the first one took. The
 *  event loop runs between the calls. */
async function timed(call: () => void) {
  const once = async () => {
    await yieldToEventLoop()
    const started = performance.now()
    call()
    return (performance.now() - started) / 1000
  }
  const first = await once()
  const seconds = Math.min(await once(), await once())
  return { seconds, preparing: Math.max(0, first - seconds) }
}

async function timeForward(network: Network, { precision, photos }: Probed): Promise<Timed> {
  const started = performance.now()
  const options = { network, tensors: tensorsOf(network), precision, input: 'values' } as const
  const inference = await openInference(options)
  const opened = (performance.now() - started) / 1000
  try {
    const input = valuesFor(network, photos)
    const { seconds, preparing } = await timed(() => inference.run(input, photos))
    return { work: workOf(network), seconds: seconds / photos, opening: opened + preparing }
  } finally {
    inference.dispose()
  }
}

const timeTraining = (network: Network, probed: Probed): Promise<Timed> =>
  withTrainer(network, probed, (trainer, opened) => timeSteps(trainer, opened, { network, probed }))

const timeTrainingAndSaving = (network: Network, probed: Probed & { readonly folder: string }) =>
  withTrainer(network, probed, async (trainer, opened) => ({
    ...(await timeSteps(trainer, opened, { network, probed })),
    perSavedByte: await timeSaving(trainer, probed.folder),
  }))

/** `work` gets the trainer and the seconds that opening it took. */
async function withTrainer<T>(
  network: Network,
  { precision }: Probed,
  work: (trainer: Trainer, opened: number) => Promise<T>,
): Promise<T> {
  const stages = [...new Set<Stage>(network.layers.map(({ stage }) => stage))]
  const started = performance.now()
  const trainer = await openTrainer({
    network,
    tensors: tensorsOf(network),
    precision,
    input: 'values',
    canvas: null,
    trains: stages,
    batchStatistics: stages,
    multiplier: () => 1,
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4, decayAll: true },
  })
  try {
    return await work(trainer, (performance.now() - started) / 1000)
  } finally {
    trainer.dispose()
  }
}

async function timeSteps(
  trainer: Trainer,
  opened: number,
  { network, probed: { photos } }: { readonly network: Network; readonly probed: Probed },
): Promise<Timed> {
  const batch = { input: valuesFor(network, photos), labels: new Int32Array(photos) }
  const { seconds, preparing } = await timed(() => trainer.step(batch, { rate: 1e-6, step: 1 }))
  return { work: workOf(network), seconds: seconds / photos, opening: opened + preparing }
}

/** Seconds for each byte that the trainer is read out and written to the disk. */
async function timeSaving(trainer: Trainer, folder: string): Promise<number> {
  const path = join(folder, `probe-${process.pid}.safetensors`)
  const started = performance.now()
  try {
    const tensors = trainer.read()
    await writeSafetensors(path, tensors)
    const bytes = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
    return (performance.now() - started) / 1000 / bytes
  } finally {
    await rm(path, { force: true })
  }
}

const diskBytes = 8 << 20

async function timeDisk(folder: string) {
  const path = join(folder, `probe-${process.pid}.bin`)
  try {
    const bytes = Buffer.alloc(diskBytes, 1)
    const started = performance.now()
    const file = await open(path, 'w')
    await file.write(bytes)
    await file.datasync()
    await file.close()
    const written = performance.now()
    await readFile(path)
    const read = performance.now()
    return {
      perWrittenByte: (written - started) / 1000 / diskBytes,
      perReadByte: (read - written) / 1000 / diskBytes,
    }
  } finally {
    await rm(path, { force: true })
  }
}

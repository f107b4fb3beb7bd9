// Short measurements of the very kinds of work that runs consist of, on parts of a real network of
// the same build: a second or two, done once a machine. The values in it do not matter to the time.
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

/** Networks that cost alike for what they compute share their measurements. The batch norms of v2
 *  stand before their convolutions, where they cannot be folded away. */
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
  /** Where the disk is tried; what is written there is removed again. */
  readonly folder: string
}

/** @throws Failure out-of-memory, disk-full, not-writable */
export async function measureSpeed({
  architecture,
  precision,
  usesGpu,
  folder,
}: Probe): Promise<Speed> {
  const { photos, ...chosen } = representative[buildOf(architecture)]
  const networkTo = (cut: Cut) =>
    buildNetwork({ ...chosen, flavour: 'standard', cut, classes: 10, standardise: true })
  // The lowest layers write much for what they multiply, the upper ones little.
  const low = networkTo('layer1')
  const high = splitNetwork(networkTo('layer3'), 'layer3').above
  const forward = [
    await timeForward(splitNetwork(low, 'head').below, { precision, photos }),
    await timeForward(splitNetwork(high, 'head').below, { precision, photos }),
  ] as const
  const training = [
    await timeTraining(low, { precision, photos }),
    await timeTraining(high, { precision, photos, folder }),
  ] as const
  const lone = await timeTraining(splitNetwork(low, 'head').above, { precision, photos })
  return {
    forward: rateOf(forward),
    training: rateOf(training),
    perStep: lone.seconds * photos,
    perSavedByte: training[1].perSavedByte,
    ...(await timeDisk(folder)),
    decodesBeside: usesGpu,
  }
}

interface Timed extends Measurement {
  readonly opening: number
}
const rateOf = ([low, high]: readonly [Timed, Timed]): Rate =>
  fitRate([low, high], (low.opening + high.opening) / (low.work.layers + high.work.layers))

interface Probed {
  readonly precision: Precision
  readonly photos: number
  /** Where a checkpoint is written for its time; null: none is. */
  readonly folder?: string
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

/** A first call, which prepares, and the shorter of two more, yielding to the event loop between. */
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

async function timeTraining(network: Network, { precision, photos, folder }: Probed) {
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
  const opened = (performance.now() - started) / 1000
  try {
    const batch = { input: valuesFor(network, photos), labels: new Int32Array(photos) }
    const { seconds, preparing } = await timed(() => trainer.step(batch, { rate: 1e-6, step: 1 }))
    return {
      work: workOf(network),
      seconds: seconds / photos,
      opening: opened + preparing,
      perSavedByte: folder === undefined ? 0 : await timeSaving(trainer, folder),
    }
  } finally {
    trainer.dispose()
  }
}

async function timeSaving(trainer: Trainer, folder: string) {
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

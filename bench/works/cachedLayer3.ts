// Frozen to layer2, layer3 and the head train: steps on what the cache on the disk holds, against
// PyTorch, which runs the frozen stages anew in every step.
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { BatchLimit } from '../../main/engine/features/batchLimit'
import type { Precision } from '../../shared/device'
import { openTrainer } from '../../main/engine/tensorflow/trainer'
import { buildNetwork } from '../../main/engine/network/family'
import { initialise } from '../../main/engine/weights/initialise'
import { splitNetwork } from '../../main/engine/network/layers'
import { openFeatures } from '../../main/engine/features/features'
import { labelledFolder } from '../../main/engine/dataset/labelledFolder'
import { readSafetensors } from '../../main/engine/weights/formats/safetensors'
import { race } from '../race'
import { bar, ratio, type Findings } from '../result'
import { repeated, type Side } from '../rounds'
import {
  failuresOf,
  ours,
  peer,
  rates,
  realData,
  torchLayouts,
  torchName,
  versionsOf,
  type Bench,
  type Work,
} from '../work'

const [size, resize, batch] = [224, 256, 32]
/** Batches in the cache, which steps take in turn. */
const batches = 2

interface Options {
  readonly precision: Precision
  readonly photos: string
  readonly weights: string
  readonly cache: string
}

async function openCachedSteps({ precision, photos, weights, cache }: Options): Promise<Side> {
  const network = buildNetwork({
    architecture: 'resnet50v2',
    cut: 'layer3',
    size,
    classes: 2,
    standardise: true,
  })
  const tensors = initialise(network, 1, (await readSafetensors(weights)).tensors)
  const { below, above } = splitNetwork(network, 'layer3')
  const features = await openFeatures({
    below,
    tensors,
    limit: new BatchLimit(),
    fingerprint: weights,
    precision,
    resize,
    cacheRoot: cache,
    hash: async (path) => createHash('sha256').update(path).digest('hex'),
  })
  const samples = (await labelledFolder(photos))
    .slice(0, batch * batches)
    .map(({ id, path }, i) => ({ id, path, label: i % 2 }))
  for await (const _ of features.fill(samples));
  const trainer = await openTrainer({
    network: above,
    tensors,
    precision,
    input: 'values',
    canvas: null,
    trains: ['layer3', 'head'],
    batchStatistics: ['layer3', 'head'],
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4, decayAll: true },
    multiplier: () => 1,
  })
  let step = 0
  const once = async () => {
    const part = samples.slice((step % batches) * batch, ((step % batches) + 1) * batch)
    const values = await features.read(part)
    const labels = Int32Array.from(part, ({ label }) => label)
    trainer.step({ input: { values }, labels }, { rate: 0.001, step: ++step })
  }
  await once()
  return () => repeated(batch, once)
}

async function run(bench: Bench): Promise<Findings> {
  const photos = realData(bench, 'data', 'ants-bees')
  const weights = realData(bench, 'pretrained', 'resnet50v2-imagenet-to-layer3.safetensors')
  if (!photos || !weights) {
    const reason = '../shared has no data/ants-bees or no resnet50v2-imagenet-to-layer3'
    return {
      rows: [],
      bars: barsOf(() => undefined),
      notMeasured: [{ what: 'all', reason }],
      notes: [],
    }
  }
  const cache = join(bench.scratch, 'cached-layer3')
  mkdirSync(cache, { recursive: true })
  const precision = bench.native
  const outcomes = await race(
    [
      ours(bench, {
        work: 'cached-layer3',
        side: 'steps',
        options: { precision, photos, weights, cache },
      }),
      ...torchLayouts.flatMap((layout) =>
        peer(bench, {
          who: torchName(layout),
          script: 'torch_layer3.py',
          options: {
            weights,
            batch,
            size,
            layout,
            precision: layout === 'default' ? 'float32' : precision,
          },
        }),
      ),
    ],
    bench.rounds,
    bench.say,
  )
  const rows = rates(outcomes, { what: 'training steps', unit: 'pictures/s', precision })
  return {
    rows,
    bars: barsOf((who) => {
      const [own, other] = ['Restage', who].map((name) => rows.find((row) => row.who === name))
      return ratio(own, other)
    }),
    notMeasured: failuresOf(outcomes),
    notes: versionsOf(outcomes),
  }
}

const barsOf = (times: (who: string) => number | null | undefined) => [
  bar(
    { what: 'times PyTorch tuned, without a cache', comparison: 'at least', target: 1.2 },
    times(torchName('channels_last')),
  ),
  bar(
    { what: "times PyTorch's default layout, without a cache", comparison: 'at least', target: 3 },
    times(torchName('default')),
  ),
]

export const cachedLayer3: Work = {
  name: 'cached-layer3',
  about: `resnet50v2 frozen to layer2, layer3 and head train from the cache, batch ${batch}`,
  sides: { steps: openCachedSteps },
  run,
}

// The cost of decoding in a features pass: the photos alone, the network alone on pictures that are
// already decoded, and both as the engine runs them, overlapped.
import { join } from 'node:path'
import type { Precision } from '../../shared/device'
import { evenBatches, pictureBatches } from '../../main/engine/pictures/batches'
import { labelledFolder } from '../../main/engine/dataset/labelledFolder'
import { drawPictures } from '../pictures'
import { race } from '../race'
import { bar, type Findings, type Row } from '../result'
import type { Side } from '../rounds'
import { failuresOf, ours, rates, realData, type Bench, type Work } from '../work'
import { openResnet50 } from './features50'

const square = { resize: 256, crop: 224 }
const [photosInAll, photosAtOnce] = [64, 16]

interface Options {
  readonly folder: string
  readonly precision: Precision
}

async function openPass(
  { folder, precision }: Options,
  { decodes, computes }: { decodes: boolean; computes: boolean },
): Promise<Side> {
  const photos = (await labelledFolder(folder)).slice(0, photosInAll)
  const samples = photos.map(({ id, path }) => ({ id, path, label: 0 }))
  const batches = () => pictureBatches(evenBatches(samples, photosAtOnce), square)
  const ready: { pixels: Uint8Array; count: number }[] = []
  for await (const { pixels, samples: read } of batches())
    ready.push({ pixels, count: read.length })
  const inference = computes ? await openResnet50(precision) : null
  if (inference) inference.run(ready[0]!, ready[0]!.count)
  return async () => {
    const started = performance.now()
    let amount = 0
    const compute = (pixels: Uint8Array, count: number) => {
      if (inference) inference.run({ pixels }, count)
      amount += count
    }
    if (decodes)
      for await (const { pixels, samples: read } of batches()) compute(pixels, read.length)
    else for (const { pixels, count } of ready) compute(pixels, count)
    return { amount, seconds: (performance.now() - started) / 1000 }
  }
}

const passes = [
  { side: 'decode', what: 'decode and resize alone', decodes: true, computes: false },
  { side: 'compute', what: 'features alone', decodes: false, computes: true },
  { side: 'both', what: 'features from files', decodes: true, computes: true },
] as const

async function run(bench: Bench): Promise<Findings> {
  const real = realData(bench, 'data', 'ants-bees')
  const folder = real ?? join(bench.scratch, 'decode-pictures')
  if (!real) await drawPictures(folder, { count: photosInAll, side: 450, classes: ['a', 'b'] })
  const precision = bench.native
  const outcomes = await race(
    passes.map(({ side, what }) =>
      ours(bench, { who: what, work: 'decode', side, options: { folder, precision } }),
    ),
    bench.rounds,
    bench.say,
  )
  const rows = passes.flatMap(({ what }) =>
    rates(
      outcomes.filter(({ who }) => who === what),
      { what, unit: 'photos/s', precision },
    ).map((found) => ({ ...found, who: 'Restage' })),
  )
  return {
    rows,
    bars: [
      bar(
        { what: 'decoding adds to a features pass, in %', comparison: 'under', target: 10 },
        addedPercent(rows),
      ),
    ],
    notMeasured: failuresOf(outcomes),
    notes: real ? [] : ['drawn pictures: ../shared/data/ants-bees is not there'],
  }
}

/** By how much the pass from files takes longer than the one from memory. Exported for the tests. */
export function addedPercent(rows: readonly Row[]): number | null {
  const [, compute, both] = passes.map(({ what }) => rows.find((found) => found.what === what))
  return compute && both ? (compute.value / both.value - 1) * 100 : null
}

export const decode: Work = {
  name: 'decode',
  about: `decoding beside ResNet-50 features, ${photosInAll} photos`,
  sides: Object.fromEntries(
    passes.map((pass) => [pass.side, (options: Options) => openPass(options, pass)]),
  ),
  run,
}

// Training steps of a whole ResNet-18, and the share of the processor's matrix-multiply peak that
// they reach; the peak is measured with the engine itself and with torch.mm.
import { stages } from '../../shared/network'
import type { Precision } from '../../shared/device'
import { openTrainer } from '../../main/engine/tensorflow/trainer'
import { buildNetwork } from '../../main/engine/network/family'
import { initialise } from '../../main/engine/weights/initialise'
import { openMatmul } from '../matmul'
import { race } from '../race'
import { bar, ratio, type Findings, type Row } from '../result'
import { repeated, type Side } from '../rounds'
import {
  failuresOf,
  noBfloat16,
  ours,
  peer,
  precisionsOn,
  rates,
  torchLayouts,
  torchName,
  versionsOf,
  type Bench,
  type Work,
} from '../work'

const [size, batch] = [224, 32]
/** Forward and backward of one picture; a multiply-add counts as two. */
const operationsOfPicture = 10.9e9
const product = { side: 2048, products: 4 }
const [trains, peak] = ['training steps', 'matrix multiplication']

interface Options {
  readonly precision: Precision
}

async function openSteps({ precision }: Options): Promise<Side> {
  const network = buildNetwork({ architecture: 'resnet18', size, classes: 1000 })
  const trainer = await openTrainer({
    network,
    tensors: initialise(network, 1),
    precision,
    input: 'pixels',
    canvas: null,
    trains: stages,
    batchStatistics: stages,
    optimizer: { kind: 'sgd', momentum: 0.9, weightDecay: 1e-4, decayAll: true },
    multiplier: () => 1,
  })
  const pixels = Uint8Array.from({ length: batch * size * size * 3 }, (_, i) => (i * 37) % 251)
  const labels = Int32Array.from({ length: batch }, (_, i) => i)
  let step = 0
  const once = () => trainer.step({ input: { pixels }, labels }, { rate: 0.01, step: ++step })
  once()
  return () => repeated(batch, once)
}

async function run(bench: Bench): Promise<Findings> {
  const { measured, left } = precisionsOn(bench)
  const rows: Row[] = []
  const [notMeasured, notes] = [[...left], [] as string[]]
  for (const precision of measured) {
    const work = 'train-18'
    const products = await race(
      [
        ours(bench, { work, side: 'matmul', options: { ...product, precision } }),
        ...peer(bench, {
          who: 'PyTorch torch.mm',
          script: 'torch_matmul.py',
          options: { ...product, precision },
        }),
      ],
      bench.rounds,
      bench.say,
    )
    rows.push(...rates(products, { what: peak, unit: 'GFLOP/s', precision, scale: 1e9 }))
    const steps = await race(
      [
        ours(bench, { work, side: 'steps', options: { precision } }),
        ...torchLayouts.flatMap((layout) =>
          peer(bench, {
            who: torchName(layout),
            script: 'torch_train.py',
            options: {
              architecture: 'resnet18',
              batch,
              size,
              layout,
              precision: layout === 'default' ? 'float32' : precision,
            },
          }),
        ),
        ...peer(bench, {
          who: 'Keras',
          script: 'keras_train.py',
          options: { batch, size, precision },
        }),
      ],
      bench.rounds,
      bench.say,
    )
    rows.push(...rates(steps, { what: trains, unit: 'pictures/s', precision }))
    notMeasured.push(...failuresOf([...products, ...steps]))
    notes.push(...versionsOf(steps))
  }
  return { rows, bars: barsOf(rows, bench), notMeasured, notes }
}

/** Exported for the tests. */
export function barsOf(rows: readonly Row[], { native }: Pick<Bench, 'native'>) {
  const of = (who: string, precision: Precision, what = trains) =>
    rows.find((row) => row.who === who && row.precision === precision && row.what === what)
  const times = (who: string, precision: Precision) =>
    ratio(of('Restage', precision), of(who, precision))
  const reason = native === 'bfloat16' ? undefined : noBfloat16
  const atLeast = (what: string, target: number) => ({
    what,
    target,
    comparison: 'at least' as const,
  })
  return [
    bar(
      atLeast('bfloat16, times PyTorch channels_last with autocast', 1),
      times(torchName('channels_last'), 'bfloat16'),
      reason,
    ),
    bar(
      atLeast("bfloat16, times PyTorch's default layout", 3.5),
      times(torchName('default'), 'bfloat16'),
      reason,
    ),
    bar(
      atLeast('bfloat16, share of the measured matrix-multiply peak', 0.8),
      shareOfPeak(rows, 'bfloat16'),
      reason,
    ),
    bar(
      atLeast('float32, times PyTorch channels_last', 1.05),
      times(torchName('channels_last'), 'float32'),
    ),
    // The target is for bfloat16 only; float32 is reported too, since not every machine has bfloat16.
    bar(
      atLeast('float32, share of the measured matrix-multiply peak', 0.8),
      shareOfPeak(rows, 'float32'),
    ),
  ]
}

/** Of the higher of the peaks that were measured. */
function shareOfPeak(rows: readonly Row[], precision: Precision) {
  const here = rows.filter((row) => row.precision === precision)
  const peaks = here.filter(({ what }) => what === peak).map(({ value }) => value * 1e9)
  const own = here.find(({ who, what }) => who === 'Restage' && what === trains)
  return own && peaks.length > 0 ? (own.value * operationsOfPicture) / Math.max(...peaks) : null
}

export const train18: Work = {
  name: 'train-18',
  about: `ResNet-18, ${size}, every stage trains, batch ${batch}`,
  sides: { steps: openSteps, matmul: openMatmul },
  run,
}

// The features of a frozen ResNet-50: what enters its head, batch norms folded into convolutions.
import type { Precision } from '../../shared/device'
import { openInference } from '../../main/engine/tensorflow/inference'
import { buildNetwork } from '../../main/engine/network/family'
import { initialise } from '../../main/engine/weights/initialise'
import { splitNetwork } from '../../main/engine/network/layers'
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

/** As many as a features pass takes at once. */
const [size, batch] = [224, 16]

export async function openResnet50(precision: Precision) {
  const network = buildNetwork({ architecture: 'resnet50', size, classes: 1000 })
  const { below } = splitNetwork(network, 'head')
  const tensors = initialise(below, 1)
  return openInference({ network: below, tensors, precision, input: 'pixels' })
}

async function openFeatures({ precision }: { precision: Precision }): Promise<Side> {
  const inference = await openResnet50(precision)
  const pixels = Uint8Array.from({ length: batch * size * size * 3 }, (_, i) => (i * 37) % 251)
  const once = () => inference.run({ pixels }, batch)
  once()
  return () => repeated(batch, once)
}

async function run(bench: Bench): Promise<Findings> {
  const { measured, left } = precisionsOn(bench)
  const rows: Row[] = []
  const [notMeasured, notes] = [[...left], [] as string[]]
  for (const precision of measured) {
    const outcomes = await race(
      [
        ours(bench, { work: 'features-50', side: 'features', options: { precision } }),
        ...torchLayouts.flatMap((layout) =>
          peer(bench, {
            who: torchName(layout),
            script: 'torch_features.py',
            options: {
              architecture: 'resnet50',
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
    rows.push(...rates(outcomes, { what: 'features', unit: 'pictures/s', precision }))
    notMeasured.push(...failuresOf(outcomes))
    notes.push(...versionsOf(outcomes))
  }
  const times = (precision: Precision) => {
    const of = (who: string) => rows.find((row) => row.who === who && row.precision === precision)
    return ratio(of('Restage'), of(torchName('channels_last')))
  }
  const limit = (precision: Precision) => ({
    what: `${precision}, times PyTorch channels_last`,
    comparison: 'at least' as const,
    target: 1.15,
  })
  return {
    rows,
    bars: [
      bar(
        limit('bfloat16'),
        times('bfloat16'),
        bench.native === 'bfloat16' ? undefined : noBfloat16,
      ),
      // The target is for bfloat16 only; float32 is reported too, since not every machine has bfloat16.
      bar(limit('float32'), times('float32')),
    ],
    notMeasured,
    notes,
  }
}

export const features50: Work = {
  name: 'features-50',
  about: `ResNet-50 features, ${size}, frozen, batch norms folded, batch ${batch}`,
  sides: { features: openFeatures },
  run,
}

// Where a training step's time goes, layer by layer, beside PyTorch: the profile to look at when a
// bar of train-18 is missed. Runs only when it is named.
import { timedLayers, openLayerTimes } from '../layerTimes'
import { race } from '../race'
import { row, type Findings } from '../result'
import {
  failuresOf,
  ours,
  peer,
  precisionsOn,
  torchName,
  versionsOf,
  type Bench,
  type Work,
} from '../work'

/** Smaller than a step's batch: a layer's time grows with it alike on both sides. */
const batch = 8

async function run(bench: Bench): Promise<Findings> {
  const precision = precisionsOn(bench).measured[0]
  const options = { layers: timedLayers('resnet18', 224), batch, precision }
  const who = torchName('channels_last')
  const outcomes = await race(
    [
      ours(bench, { work: 'profile-18', side: 'layers', options }),
      ...peer(bench, { who, script: 'torch_layers.py', options }),
    ],
    bench.rounds,
    bench.say,
  )
  const measured = outcomes.filter(({ rounds }) => rounds.length > 0)
  const unit = 'ms a step'
  const total = (round: Readonly<Record<string, number>>) =>
    Object.values(round).reduce((sum, time) => sum + time, 0)
  return {
    rows: [
      ...options.layers.flatMap(({ key, count }) =>
        measured.map(({ who, rounds }) =>
          row(
            { who, what: `${count} x ${key}`, unit, precision },
            rounds.map((round) => round[key]!),
          ),
        ),
      ),
      ...measured.map(({ who, rounds }) =>
        row({ who, what: 'sum of these', unit, precision }, rounds.map(total)),
      ),
    ],
    bars: [],
    notMeasured: failuresOf(outcomes),
    notes: versionsOf(outcomes),
  }
}

export const profile18: Work = {
  name: 'profile-18',
  about: `the layers of ResNet-18, 224, batch ${batch}, forward and backward, one at a time`,
  sides: { layers: openLayerTimes },
  run,
  onlyWhenNamed: true,
}

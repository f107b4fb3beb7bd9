// A window with two labelled photos and an engine that answers, for component tests.
import { RunConfig } from '../../../shared/runConfig'
import type { PresetOffer, RunPlan } from '../../../shared/runPlan'
import { packPictures } from '../../../shared/pictureColumns'
import { useDataset } from '../../../renderer/stores/dataset'
import { useEngine } from '../../../renderer/stores/engine'
import { fakeRestage, type FakeRestage } from '../fakeRestage'
import { picture, snapshotOf } from '../stores/pictures'

const pictures = [picture('1', { classId: 'a' }), picture('2', { classId: 'b' })]
const counted = (revision: number) => {
  const snapshot = snapshotOf(pictures, revision)
  const { classes } = snapshot.counts
  return {
    ...snapshot,
    counts: {
      ...snapshot.counts,
      classes: classes.map((each) => ({ ...each, usable: each.total })),
    },
  }
}

/** A fresh window with two labelled pictures and an engine that is ready. */
export async function scriptEngine(answers: Record<string, unknown> = {}): Promise<FakeRestage> {
  const all: Record<string, unknown> = {
    'dataset.snapshot': counted(1),
    'dataset.pictures': { revision: 1, from: 0, total: 2, pictures: packPictures(pictures) },
    'run.plan': planOf(),
    'run.presets': [],
    'queue.list': [],
    'run.list': [],
    'weights.list': [],
    ...answers,
  }
  const fake = fakeRestage(all)
  await useDataset().load()
  useEngine().status = statusReady
  return fake
}

const statusReady = {
  state: 'ready' as const,
  engine: '',
  device: { kind: 'cpu' as const, name: '' },
  precision: 'float32' as const,
  threads: 1,
  memoryBytes: 0,
  versions: {},
  problems: [],
  reasons: [],
  selfCheck: null,
}

export const planOf = (more: Partial<RunPlan> = {}): RunPlan => ({
  architecture: 'resnet18',
  cut: null,
  size: 224,
  precision: 'float32',
  trains: ['head'],
  frozen: [],
  batchStatistics: [],
  multipliers: { head: 1 },
  cachedAfter: 'layer4',
  epochs: 25,
  legs: [],
  trainPhotos: 245,
  valPhotos: 60,
  trainableParameters: 1,
  parameters: 2,
  secondsTotal: 20,
  secondsPerEpoch: 0.5,
  secondsUncached: 10,
  memoryBytes: 9e8,
  ...more,
})

/** Three offers, of which the named one is recommended. */
export const offersFor = (recommended: PresetOffer['preset']): PresetOffer[] =>
  (
    [
      ['quick', 11, 20],
      ['balanced', 12, 60],
      ['thorough', 13, 300],
    ] as const
  ).map(([preset, epochs, secondsTotal]) => ({
    preset,
    config: RunConfig.parse({ preset, epochs }),
    plan: planOf({ epochs, secondsTotal }),
    recommended: preset === recommended,
    reasons: preset === recommended ? ['fewPhotos'] : [],
  }))

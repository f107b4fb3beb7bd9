// From a folder of photos to a trained head, as a person runs it: the command line, a process a run.
// First with nothing cached, then again. Against the tutorial's loop, of which one epoch is measured
// and taken times 25 unless everything is asked for in full.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { race } from '../race'
import { bar, row, type Findings } from '../result'
import { failuresOf, peer, realData, versionsOf, type Bench, type Work } from '../work'
import { watch } from '../watched'

const epochs = 25
const Trained = z.object({ bestValAccuracy: z.number(), secondsFeatures: z.number() })

interface Run {
  readonly seconds: number
  readonly accuracy: number
  readonly secondsFeatures: number
}

async function trainOnce(
  { root }: Bench,
  { photos, weights, home, out }: Record<'photos' | 'weights' | 'home' | 'out', string>,
): Promise<Run> {
  const cli = join(root, 'dist', 'cli', 'index.cjs')
  const { seconds, stdout } = await watch(
    [
      ...([process.execPath, cli, 'train', photos, '--weights', weights] as const),
      ...['--out', out, '--epochs', String(epochs), '--json'],
    ],
    { RESTAGE_HOME: home },
  )
  const { bestValAccuracy, secondsFeatures } = Trained.parse(JSON.parse(stdout))
  return { seconds, accuracy: bestValAccuracy, secondsFeatures }
}

async function run(bench: Bench): Promise<Findings> {
  const photos = realData(bench, 'data', 'ants-bees')
  const weights = realData(bench, 'pretrained', 'resnet50v2-imagenet-to-layer3.safetensors')
  if (!photos || !weights) {
    const reason = '../shared has no data/ants-bees or no resnet50v2-imagenet-to-layer3'
    return { rows: [], bars: barsOf({}), notMeasured: [{ what: 'all', reason }], notes: [] }
  }
  const [first, second]: [Run[], Run[]] = [[], []]
  for (let round = 1; round <= bench.rounds; round++) {
    const home = join(bench.scratch, `ants-bees-${round}`)
    mkdirSync(home, { recursive: true })
    const once = (name: string) =>
      trainOnce(bench, { photos, weights, home, out: join(home, name) })
    first.push(await once('first'))
    second.push(await once('second'))
    bench.say(
      `Restage, round ${round}: ${first[round - 1]!.seconds.toFixed(1)} s, then ` +
        `${second[round - 1]!.seconds.toFixed(1)} s with the cache`,
    )
  }
  const measuredEpochs = bench.full ? epochs : 1
  const [tutorial] = await race(
    peer(bench, {
      who: "PyTorch, the tutorial's loop",
      script: 'torch_tutorial.py',
      options: { data: photos, weights },
    }),
    measuredEpochs,
    bench.say,
  )
  const seconds = { unit: 's', precision: bench.native }
  const accuracy = { unit: '', what: 'validation accuracy', precision: bench.native }
  const rows = [
    row(
      { ...seconds, who: 'Restage', what: 'first run' },
      first.map((run) => run.seconds),
    ),
    row(
      { ...seconds, who: 'Restage', what: '  of it features' },
      first.map((run) => run.secondsFeatures),
    ),
    row(
      { ...seconds, who: 'Restage', what: 'second run' },
      second.map((run) => run.seconds),
    ),
    row(
      { ...accuracy, who: 'Restage' },
      first.map((run) => run.accuracy),
    ),
  ]
  const loop = tutorial?.rounds ?? []
  const own = { first: rows[0]!.value, second: rows[2]!.value, accuracy: rows[3]!.value }
  if (loop.length === 0)
    return {
      rows,
      bars: barsOf(own),
      notMeasured: failuresOf(tutorial ? [tutorial] : []),
      notes: [],
    }
  const total = (loop.reduce((sum, { seconds }) => sum + seconds!, 0) / loop.length) * epochs
  const peerAccuracy = loop[loop.length - 1]!.bestAccuracy!
  const label = { who: tutorial!.who, precision: 'float32' as const }
  rows.push(
    row({ ...label, unit: 's', what: `${epochs} epochs` }, [total]),
    row({ ...label, unit: '', what: `validation accuracy after ${loop.length}` }, [peerAccuracy]),
  )
  const scaled = `${loop.length} of the tutorial's ${epochs} epochs measured, its time scaled`
  return {
    rows,
    bars: barsOf({ ...own, tutorial: { total, accuracy: bench.full ? peerAccuracy : null } }),
    notMeasured: [],
    notes: [...versionsOf([tutorial!]), ...(bench.full ? [] : [scaled])],
  }
}

interface Seen {
  readonly first?: number
  readonly second?: number
  readonly accuracy?: number
  readonly tutorial?: { readonly total: number; readonly accuracy: number | null }
}

/** Exported for the tests. */
export function barsOf({ first, second, accuracy, tutorial }: Seen) {
  const gain =
    accuracy !== undefined && typeof tutorial?.accuracy === 'number'
      ? accuracy - tutorial.accuracy
      : null
  return [
    bar(
      { what: `first run, times the tutorial's loop`, comparison: 'at least', target: 50 },
      first && tutorial ? tutorial.total / first : null,
    ),
    bar(
      { what: "accuracy above the tutorial's", comparison: 'at least', target: 0 },
      gain,
      `the tutorial's accuracy needs all ${epochs} epochs: --full`,
    ),
    bar({ what: 'second run, seconds', comparison: 'under', target: 5 }, second),
  ]
}

export const antsBees: Work = {
  name: 'ants-bees',
  about: `ants-bees, resnet50v2 frozen to layer3, ${epochs} epochs, from folder to trained head`,
  sides: {},
  run,
}

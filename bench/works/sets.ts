// Two sizes of data set: 400 and 60,000 small pictures, through scan, features pass and one epoch.
// Compares their memory, watched from outside.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { drawPictures } from '../pictures'
import { bar, row, type Findings } from '../result'
import { growth } from '../statistics'
import { canWatch, watch, type MemorySample } from '../watched'
import type { Bench, Work } from '../work'

const sizes = [400, 60_000] as const
const megabyte = 1e6

/** What was resident while features were computed, in order. Exported for the tests. */
export const duringFeatures = (samples: readonly MemorySample[]): number[] =>
  samples.flatMap(({ bytes, progress }) => (/^features [1-9]\d*\//.test(progress) ? [bytes] : []))

async function passOver({ root, scratch, say }: Bench, count: number) {
  const photos = join(scratch, `pictures-${count}`)
  const folder = join(scratch, `sets-${count}`)
  try {
    await drawPictures(photos, { count, side: 32, classes: ['across', 'down'] })
    say(`drew ${count} pictures`)
    return await watch(
      [
        ...([process.execPath, join(root, 'dist', 'cli', 'index.cjs'), 'train', photos] as const),
        ...['--architecture', 'resnet20', '--weights', 'none', '--epochs', '1', '--batch', '256'],
        ...['--out', join(folder, 'run'), '--json'],
      ],
      { RESTAGE_HOME: join(folder, 'home') },
    )
  } finally {
    await rm(photos, { recursive: true, force: true })
    await rm(folder, { recursive: true, force: true })
  }
}

async function run(bench: Bench): Promise<Findings> {
  if (!canWatch())
    return {
      rows: [],
      bars: [],
      notMeasured: [{ what: 'all', reason: 'there is no /proc' }],
      notes: [],
    }
  const [small, large] = [await passOver(bench, sizes[0]), await passOver(bench, sizes[1])]
  const during = duringFeatures(large.samples)
  // The first fifth fills the pools that later batches use again.
  const steady = during.slice(Math.floor(during.length / 5))
  const grown = steady.length > 1 ? growth(steady) * 100 : null
  const who = 'Restage'
  return {
    rows: [
      ...[small, large].flatMap(({ peakBytes, seconds }, i) => [
        row({ who, what: `${sizes[i]} pictures, peak`, unit: 'MB' }, [peakBytes / megabyte]),
        row({ who, what: `${sizes[i]} pictures, whole run`, unit: 's' }, [seconds]),
      ]),
      ...(grown === null
        ? []
        : [row({ who, what: 'growth within the features pass', unit: '%' }, [grown])]),
    ],
    bars: [
      bar(
        { what: 'growth within the pass over 60,000, in %', comparison: 'under', target: 5 },
        grown,
        'too few samples',
      ),
    ],
    notMeasured: [],
    notes: [],
  }
}

export const sets: Work = {
  name: 'sets',
  about: 'memory of a run on 400 and on 60,000 pictures of 32 x 32',
  sides: {},
  run,
}

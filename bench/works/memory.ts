// Resident memory of whole training runs of ResNet-50, watched from outside: the peak at 224, and
// how it grows over 50 short epochs. Unless asked for in full, the 50 epochs are on small pictures,
// since what a loop leaks does not depend on their size and the time does.
import { join } from 'node:path'
import { race } from '../race'
import { bar, row, type Findings } from '../result'
import { failuresOf, noBfloat16, peer, torchName, versionsOf, type Bench, type Work } from '../work'
import { drawPictures } from '../pictures'
import { growth } from '../statistics'
import { canWatch, watch, type MemorySample } from '../watched'

const batch = 16
const longRun = 50
const [usualSize, smallSize] = [224, 32]
/** 32 of them train: two steps an epoch. */
const drawing = { count: 40, side: usualSize, classes: ['across', 'down'] }
const gigabyte = 1e9

/** Peak memory of each epoch, assigned by the last progress line. Exported for tests. */
export function peaksOfEpochs(samples: readonly MemorySample[]): number[] {
  const peaks: number[] = []
  for (const { bytes, progress } of samples) {
    const done = /^(?:epoch|training) (\d+)/.exec(progress)?.[1]
    if (done !== undefined) peaks[Number(done)] = Math.max(peaks[Number(done)] ?? 0, bytes)
  }
  // An epoch shorter than the sampling interval has no sample.
  return peaks.filter((bytes) => bytes !== undefined)
}

async function trainAll(
  { root, scratch, native }: Bench,
  { photos, size, epochs }: { photos: string; size: number; epochs: number },
) {
  const folder = join(scratch, `memory-${size}-${epochs}`)
  const { peakBytes, samples, seconds } = await watch(
    [
      ...([process.execPath, join(root, 'dist', 'cli', 'index.cjs'), 'train', photos] as const),
      ...['--architecture', 'resnet50', '--weights', 'none', '--freeze', 'none'],
      ...['--batch', String(batch), '--size', String(size), '--precision', native],
      ...['--epochs', String(epochs), '--out', join(folder, 'run'), '--json'],
    ],
    { RESTAGE_HOME: join(folder, 'home') },
  )
  return { peakBytes, peaks: peaksOfEpochs(samples), seconds }
}

async function run(bench: Bench): Promise<Findings> {
  const { native } = bench
  if (!canWatch())
    return {
      rows: [],
      bars: [],
      notMeasured: [{ what: 'all', reason: 'there is no /proc' }],
      notes: [],
    }
  const photos = join(bench.scratch, 'memory-pictures')
  await drawPictures(photos, drawing)
  const large = await trainAll(bench, { photos, size: usualSize, epochs: bench.full ? longRun : 2 })
  bench.say(`Restage, ${usualSize}: ${(large.peakBytes / gigabyte).toFixed(2)} GB`)
  const long = bench.full
    ? large
    : await trainAll(bench, { photos, size: smallSize, epochs: longRun })
  const [channelsLast] = await race(
    peer(bench, {
      who: torchName('channels_last'),
      script: 'torch_train.py',
      options: {
        architecture: 'resnet50',
        batch,
        size: usualSize,
        layout: 'channels_last',
        precision: native,
      },
    }),
    1,
    bench.say,
  )
  const label = { unit: 'GB', what: 'peak resident memory', precision: native }
  const rows = [row({ ...label, who: 'Restage' }, [large.peakBytes / gigabyte])]
  const other = channelsLast?.rounds[0]?.peakBytes
  if (other) rows.push(row({ ...label, who: channelsLast.who }, [other / gigabyte]))
  const later = long.peaks.slice(2)
  const grown = later.length > 1 ? growth(later) : null
  if (grown !== null)
    rows.push(
      row({ ...label, who: 'Restage', what: `growth over ${longRun} epochs`, unit: '%' }, [
        grown * 100,
      ]),
    )
  return {
    rows,
    bars: [
      bar(
        { what: 'bfloat16, peak in GB', comparison: 'under', target: 3 },
        native === 'bfloat16' ? rows[0]!.value : null,
        noBfloat16,
      ),
      bar(
        { what: 'growth after the second epoch, in %', comparison: 'under', target: 2 },
        grown === null ? null : grown * 100,
      ),
    ],
    notMeasured: failuresOf(channelsLast ? [channelsLast] : []),
    notes: [
      ...versionsOf(channelsLast ? [channelsLast] : []),
      ...(bench.full
        ? []
        : [`peak at ${usualSize} in 2 epochs, growth in ${longRun} epochs at ${smallSize}`]),
    ],
  }
}

export const memory: Work = {
  name: 'memory',
  about: `ResNet-50, every stage trains, batch ${batch}, resident memory`,
  sides: {},
  run,
}

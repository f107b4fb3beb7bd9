// The order of the photos in an epoch, drawn from the seed and the epoch alone.
import { seededRandom, type Random } from '../../../../shared/random'
import type { RunConfig } from '../../../../shared/runConfig'
import { groupBy } from '../../files/groupBy'
import type { Sample } from '../../pictures/sample'

/** All photos, shuffled. With `balance: 'sampling'` the same number of photos, but equally many of each
 *  class: an epoch skips some photos of large classes and repeats those of small ones (`turn` counts
 *  the repeats). */
export function epochOrder(
  samples: readonly Sample[],
  { seed, epoch, balance }: Pick<RunConfig, 'seed' | 'balance'> & { epoch: number },
): Sample[] {
  const random = seededRandom('order', seed, epoch)
  return random.shuffled(balance === 'sampling' ? balanced(samples, random) : samples)
}

/** The order of an epoch that shows each photo `passes` times: one shuffled pass after the other. */
export function orderOfPasses(
  samples: readonly Sample[],
  { epoch, passes, ...config }: Pick<RunConfig, 'seed' | 'balance' | 'passes'> & { epoch: number },
): Sample[] {
  if (passes === 1) return epochOrder(samples, { ...config, epoch })
  return Array.from({ length: passes }, (_, pass) =>
    epochOrder(samples, { ...config, epoch: (epoch - 1) * passes + pass + 1 }).map((sample) => ({
      ...sample,
      turn: (sample.turn ?? 0) * passes + pass,
    })),
  ).flat()
}

function balanced(samples: readonly Sample[], random: Random): Sample[] {
  const classes = groupBy(samples, ({ label }) => label)
  // The remainder of the division goes to other classes in every epoch.
  return random.shuffled(classes).flatMap((list, i) => {
    const share = (n: number) => Math.round((n * samples.length) / classes.length)
    return drawn(list, share(i + 1) - share(i), random)
  })
}

/** Each of `list` once before any comes again. */
function drawn(list: readonly Sample[], count: number, random: Random): Sample[] {
  const result: Sample[] = []
  for (let turn = 0; result.length < count; turn++) {
    const round = random.shuffled(list).slice(0, count - result.length)
    result.push(...round.map((sample) => (turn === 0 ? sample : { ...sample, turn })))
  }
  return result
}

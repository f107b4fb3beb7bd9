// In which order the photos of an epoch come, drawn from the seed and the epoch alone.
import { seededRandom, type Random } from '../../../shared/random'
import type { RunConfig } from '../../../shared/runConfig'
import { groupBy } from '../files/groupBy'
import type { Sample } from '../pictures/sample'

/** All photos shuffled; or, balanced by sampling, as many in all but equally many of each class: some
 *  of the large classes stay out of an epoch, those of small ones come again (`turn` counts). */
export function orderOf(
  samples: readonly Sample[],
  { seed, epoch, balance }: Pick<RunConfig, 'seed' | 'balance'> & { epoch: number },
): Sample[] {
  const random = seededRandom('order', seed, epoch)
  return random.shuffled(balance === 'sampling' ? balanced(samples, random) : samples)
}

function balanced(samples: readonly Sample[], random: Random): Sample[] {
  const classes = groupBy(samples, ({ label }) => label)
  // What does not divide goes to other classes in every epoch.
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

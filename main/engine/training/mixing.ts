// Which photos of a batch are mixed, where and how much, drawn from seed, epoch and photo alone. Each is
// mixed with the next of the batch, whose order is drawn already. A photo always keeps at least half of
// itself, so that its own label is the main one.
import { seededRandom, type Random } from '../../../shared/random'
import type { RunConfig } from '../../../shared/runConfig'
import type { Sample } from '../pictures/sample'

export interface Mix {
  /** Whose part each photo gets. */
  readonly partners: Int32Array
  /** [count, patchLength]: a box (0-1) and the partner's share within. */
  readonly patches: Float32Array
  /** What each photo keeps of itself. */
  readonly kept: Float32Array
}

/** `grid` is height and width of what is mixed. Mixup (Zhang et al. 2018) works on features as on
 *  pixels (Verma et al. 2019); a vector has no place for a box (CutMix, Yun et al. 2019), and is
 *  mixed as a whole instead. */
export function drawMix(
  samples: readonly Sample[],
  { seed, mix, mixAlpha }: Pick<RunConfig, 'seed' | 'mix' | 'mixAlpha'>,
  { epoch, grid: [height, width] }: { epoch: number; grid: readonly [number, number] },
): Mix {
  const drawn = samples.map(({ path, turn = 0 }) => {
    const random = seededRandom('mix', seed, epoch, path, turn)
    const less = lesserShare(mixAlpha, random)
    return mix === 'cutmix' && height * width > 1
      ? cutBox(less, random, [height, width])
      : { patch: [0, 0, 1, 1, less], share: less }
  })
  return {
    partners: Int32Array.from(samples, (_, n) => (n + 1) % samples.length),
    patches: Float32Array.from(drawn.flatMap(({ patch }) => patch)),
    kept: Float32Array.from(drawn, ({ share }) => 1 - share),
  }
}

/** A box of about that share of the area around a random point, cut at the edges, its sides on the
 *  lines of the grid so that its share is exact. */
function cutBox(share: number, random: Random, [height, width]: readonly [number, number]) {
  const side = Math.sqrt(share)
  const edges = (length: number) => {
    const middle = random.next()
    return [middle - side / 2, middle + side / 2].map(
      (edge) => Math.round(Math.min(1, Math.max(0, edge)) * length) / length,
    ) as [number, number]
  }
  const [[top, bottom], [left, right]] = [edges(height), edges(width)]
  return { patch: [top, left, bottom, right, 1], share: (bottom - top) * (right - left) }
}

/** The smaller part of a draw from Beta(alpha, alpha). */
function lesserShare(alpha: number, random: Random) {
  const [a, b] = [logGamma(alpha, random), logGamma(alpha, random)]
  return 1 / (1 + Math.exp(Math.abs(a - b)))
}

/** Logarithm of a draw from Gamma(alpha, 1) (Marsaglia and Tsang 2000). */
function logGamma(alpha: number, random: Random): number {
  if (alpha < 1) return logGamma(alpha + 1, random) + Math.log(1 - random.next()) / alpha
  const d = alpha - 1 / 3
  for (;;) {
    const x = random.normal()
    const v = (1 + x / Math.sqrt(9 * d)) ** 3
    if (v > 0 && Math.log(1 - random.next()) < x ** 2 / 2 + d * (1 - v + Math.log(v)))
      return Math.log(d * v)
  }
}

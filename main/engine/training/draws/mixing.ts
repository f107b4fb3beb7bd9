// Which photos of a batch are mixed (mixup, CutMix), where and how much, drawn from seed, epoch and photo
// alone. Each photo is mixed with the next in the batch, whose order is random already. A photo keeps at
// least half of itself, so its own label stays the main one.
import { seededRandom, type Random } from '../../../../shared/random'
import type { RunConfig } from '../../../../shared/runConfig'
import { drawKey, type Sample } from '../../pictures/sample'

export interface Mix {
  /** [batch]: index of the photo that is mixed in. */
  readonly partners: Int32Array
  /** [batch, patchLength]: a box (top, left, bottom, right in 0-1) and the partner's share within it. */
  readonly patches: Float32Array
  /** [batch]: the share of itself that each photo keeps. */
  readonly kept: Float32Array
}

/** `grid` is height and width of what is mixed, pixels or features. Mixup (Zhang et al. 2018) works on
 *  features as on pixels (Verma et al. 2019). CutMix (Yun et al. 2019) needs an area to cut a box
 *  from; feature vectors (a grid of 1 x 1) are mixed as a whole instead. */
export function drawMix(
  samples: readonly Sample[],
  { seed, mix, mixAlpha }: Pick<RunConfig, 'seed' | 'mix' | 'mixAlpha'>,
  { epoch, grid: [height, width] }: { epoch: number; grid: readonly [number, number] },
): Mix {
  const drawn = samples.map(({ turn = 0, ...photo }) => {
    const random = seededRandom('mix', seed, epoch, drawKey(photo), turn)
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

/** A box of about `share` of the area around a random point, clipped at the edges. Its sides lie on the
 *  lines of the grid, so the returned share of the area is exact. */
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

/** min(x, 1 - x) for a draw x from Beta(alpha, alpha). */
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

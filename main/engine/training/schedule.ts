// Learning rate schedules. `cosine`: linear warm-up (Goyal et al. 2017), then half a cosine down to zero
// (Loshchilov and Hutter 2017). `constant`: the warm-up, then no change. `oneCycle`: Smith and Topin
// 2018 in PyTorch's form, up for 30 % of the steps, then down to nearly zero, both along half a cosine;
// it has no other warm-up.
import type { RunConfig } from '../../../shared/runConfig'

/** PyTorch's OneCycleLR: pct_start, div_factor, final_div_factor. */
const cycle = { up: 0.3, start: 1 / 25, end: 1 / 25e4 }

/** The factor on the base rate at `step` (from 0) of `total`. */
export function rateFactor(
  step: number,
  total: number,
  { schedule, warmupFraction }: Pick<RunConfig, 'schedule' | 'warmupFraction'>,
): number {
  if (schedule === 'oneCycle') return oneCycle(step, total)
  const warmup = Math.floor(total * warmupFraction)
  if (step < warmup) return (step + 1) / (warmup + 1)
  if (schedule === 'constant') return 1
  return halfCosine(1, 0, (step - warmup) / Math.max(1, total - warmup))
}

function oneCycle(step: number, total: number) {
  const [top, last] = [Math.max(cycle.up * total - 1, 1e-9), Math.max(1, total - 1)]
  return step <= top
    ? halfCosine(cycle.start, 1, step / top)
    : halfCosine(1, cycle.end, (step - top) / Math.max(1e-9, last - top))
}

const halfCosine = (from: number, to: number, way: number) =>
  to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, way)))

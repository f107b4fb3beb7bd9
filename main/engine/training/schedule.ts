// The learning rate over a run: linear warm-up (Goyal et al. 2017), then half a cosine down to zero
// (Loshchilov and Hutter 2017).

/** The factor on the base rate at `step` of `total`, both counted from 0. */
export function rateFactor(step: number, total: number, warmupFraction: number): number {
  const warmup = Math.floor(total * warmupFraction)
  if (step < warmup) return (step + 1) / (warmup + 1)
  return 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, total - warmup)))
}

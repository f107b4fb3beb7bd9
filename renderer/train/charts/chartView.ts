// The part of a chart's horizontal axis that is in sight: closer, farther, aside. Null is the whole
// axis, which grows while a run goes on. Pure.
import type { Span } from './decimate'

export type View = Span | null

/** How much of the whole can at least be seen. */
const closest = 1 / 5000

/** `factor` below 1 looks closer; what lies at `at` stays in its place. */
export function zoomed(view: View, whole: Span, how: { factor: number; at: number }): View {
  const { min, max } = view ?? whole
  const all = whole.max - whole.min
  const length = Math.max((max - min) * how.factor, all * closest)
  if (!(all > 0) || length >= all) return null
  const share = max > min ? (how.at - min) / (max - min) : 0.5
  return within({ min: how.at - share * length, max: how.at + (1 - share) * length }, whole)
}

/** Aside by a share of what is in view. */
export function panned(view: View, whole: Span, share: number): View {
  if (!view) return null
  const by = (view.max - view.min) * share
  return within({ min: view.min + by, max: view.max + by }, whole)
}

/** Aside as far as needed for `x` to be in sight. */
export function showing(view: View, whole: Span, x: number): View {
  if (!view || (x >= view.min && x <= view.max)) return view
  const by = x < view.min ? x - view.min : x - view.max
  return within({ min: view.min + by, max: view.max + by }, whole)
}

function within({ min, max }: Span, whole: Span): View {
  const length = max - min
  if (length >= whole.max - whole.min) return null
  const start = Math.min(Math.max(min, whole.min), whole.max - length)
  return { min: start, max: start + length }
}

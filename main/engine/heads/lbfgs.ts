// Minimises a smooth function by limited-memory BFGS: the two-loop recursion over the last few steps
// (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5) with a backtracking
// line search. Deterministic.

/** Writes the gradient at `x` into `gradient` and gives the value there. */
export type Objective = (x: Float64Array, gradient: Float64Array) => Promise<number>

export interface MinimiseOptions {
  /** Stops once no entry of the gradient is larger. */
  readonly tolerance?: number
  readonly iterations?: number
}

const remembered = 10
const sufficient = 1e-4
const halvings = 30

/** Moves `x` in place to where the objective is smallest, and gives the value there. */
export async function minimise(
  objective: Objective,
  x: Float64Array,
  { tolerance = 1e-4, iterations = 200 }: MinimiseOptions = {},
): Promise<number> {
  let gradient = new Float64Array(x.length)
  let value = await objective(x, gradient)
  const steps: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = []
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (gradient.every((entry) => Math.abs(entry) <= tolerance)) break
    const direction = gradient.map((entry) => -entry)
    const alphas: number[] = []
    for (const { s, y, rho } of [...steps].reverse()) {
      const alpha = rho * dot(s, direction)
      alphas.push(alpha)
      add(direction, y, -alpha)
    }
    const latest = steps[steps.length - 1]
    const scale = latest
      ? 1 / (latest.rho * dot(latest.y, latest.y))
      : 1 / Math.max(1, Math.sqrt(dot(gradient, gradient)))
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale
    for (const { s, y, rho } of steps) add(direction, s, alphas.pop()! - rho * dot(y, direction))

    const slope = dot(direction, gradient)
    if (!(slope < 0)) break
    const before = x.slice()
    const next = new Float64Array(x.length)
    let length = 1
    let reached = Infinity
    for (let half = 0; half < halvings; half++, length /= 2) {
      x.set(before)
      add(x, direction, length)
      reached = await objective(x, next)
      if (reached <= value + sufficient * length * slope) break
    }
    if (!(reached < value)) {
      x.set(before)
      break
    }
    const s = x.map((entry, i) => entry - before[i]!)
    const y = next.map((entry, i) => entry - gradient[i]!)
    const curvature = dot(s, y)
    if (curvature > 1e-12) steps.push({ s, y, rho: 1 / curvature })
    if (steps.length > remembered) steps.shift()
    gradient = next
    value = reached
  }
  return value
}

function dot(a: Float64Array, b: Float64Array) {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function add(target: Float64Array, values: Float64Array, factor: number) {
  for (let i = 0; i < target.length; i++) target[i]! += factor * values[i]!
}

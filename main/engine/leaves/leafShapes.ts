// The outlines and veins of three kinds of leaves, as points in a unit frame: the stalk meets the
// blade at (0, 0) and the tip is near (0, -1). Every leaf differs by its seed; what makes the kind
// (serrated oval, pointed lobes, long and narrow) is in the outline alone, never in the colour.
import type { Random } from '../../../shared/random'

export type LeafKind = 'Birch' | 'Maple' | 'Willow'
export const leafKinds: readonly LeafKind[] = ['Birch', 'Maple', 'Willow']

export interface Point {
  readonly x: number
  readonly y: number
}
export interface Vein {
  readonly from: Point
  readonly bend: Point
  readonly to: Point
  /** Stroke width in units of the frame. */
  readonly width: number
}
export interface LeafShape {
  readonly outline: readonly Point[]
  /** The midrib comes first. */
  readonly veins: readonly Vein[]
  /** Where the stalk ends, below the blade. */
  readonly stalk: Point
}

export function leafShape(kind: LeafKind, random: Random): LeafShape {
  switch (kind) {
    case 'Birch':
      return birch(random)
    case 'Maple':
      return maple(random)
    case 'Willow':
      return willow(random)
  }
}

const between = (random: Random, low: number, high: number) => low + (high - low) * random.next()

/** A blade given by its half width along a curved midrib. */
interface Blade {
  readonly halfWidth: (t: number, side: number) => number
  readonly curve: number
  readonly teeth: number
  readonly toothDepth: number
  readonly veinPairs: number
  readonly veinReach: number
}

function birch(random: Random): LeafShape {
  const width = between(random, 0.3, 0.4)
  const belly = between(random, 0.62, 0.78)
  return bladeShape(random, {
    halfWidth: (t) => width * Math.sin(Math.PI * t ** belly) ** 0.85 * (1 - 0.25 * t ** 3),
    curve: between(random, -0.1, 0.1),
    teeth: 9 + random.integer(5),
    toothDepth: between(random, 0.045, 0.075),
    veinPairs: 5 + random.integer(3),
    veinReach: 0.16,
  })
}

function willow(random: Random): LeafShape {
  const width = between(random, 0.085, 0.13)
  const belly = between(random, 0.75, 1)
  return bladeShape(random, {
    halfWidth: (t) => width * Math.sin(Math.PI * t ** belly) ** 0.9,
    curve: between(random, -0.3, 0.3),
    teeth: 18,
    toothDepth: between(random, 0.003, 0.008),
    veinPairs: 9 + random.integer(4),
    veinReach: 0.07,
  })
}

function bladeShape(random: Random, blade: Blade): LeafShape {
  const uneven = [between(random, 0.92, 1.08), between(random, 0.92, 1.08)]
  const rib = (t: number): Point => ({ x: blade.curve * (t - t * t) * 1.6, y: -t })
  const edge = (t: number, side: number, more = 0): Point => {
    const middle = rib(t)
    const half = blade.halfWidth(t, side) * uneven[side < 0 ? 0 : 1]!
    return { x: middle.x + side * (half + more), y: middle.y - more * 0.6 }
  }
  const sideOf = (side: number) => {
    const points: Point[] = []
    for (let i = 0; i < blade.teeth; i++) {
      const start = i / blade.teeth
      const depth =
        blade.toothDepth * between(random, 0.6, 1.2) * Math.sin(Math.PI * (start + 0.04))
      points.push(edge(start + 0.02, side))
      points.push(edge(start + 0.35 / blade.teeth, side, depth * 0.35))
      points.push(edge(start + 0.72 / blade.teeth, side, Math.max(0, depth)))
      points.push(edge(start + 0.86 / blade.teeth, side, -depth * 0.15))
    }
    return points
  }
  const veins: Vein[] = [{ from: rib(0), bend: rib(0.5), to: rib(0.98), width: 0.02 }]
  for (let i = 0; i < blade.veinPairs; i++) {
    for (const side of [-1, 1]) {
      const t = 0.06 + (0.74 * (i + between(random, 0, 0.3))) / blade.veinPairs
      const end = Math.min(0.97, t + blade.veinReach)
      const tip = edge(end, side, -0.015)
      const from = rib(t)
      const bend = { x: from.x + (tip.x - from.x) * 0.55, y: from.y + (tip.y - from.y) * 0.38 }
      veins.push({ from, bend, to: tip, width: 0.008 })
    }
  }
  const outline = [rib(0), ...sideOf(1), rib(1), ...sideOf(-1).reverse()]
  return {
    outline,
    veins,
    stalk: { x: between(random, -0.06, 0.06), y: between(random, 0.16, 0.3) },
  }
}

function maple(random: Random): LeafShape {
  const spread = between(random, 0.92, 1.08)
  const valley = between(random, 0.4, 0.48)
  const lobes = [
    { angle: -1.98 * spread, length: between(random, 0.42, 0.52), breadth: 0.3 },
    { angle: -0.98 * spread, length: between(random, 0.78, 0.9), breadth: 0.34 },
    { angle: between(random, -0.06, 0.06), length: between(random, 0.95, 1.02), breadth: 0.34 },
    { angle: 0.98 * spread, length: between(random, 0.78, 0.9), breadth: 0.34 },
    { angle: 1.98 * spread, length: between(random, 0.42, 0.52), breadth: 0.3 },
  ]
  const polar = (angle: number, radius: number): Point => ({
    x: Math.sin(angle) * radius,
    y: -Math.cos(angle) * radius,
  })
  const outline: Point[] = [{ x: 0, y: 0 }]
  const veins: Vein[] = []
  lobes.forEach(({ angle, length, breadth }, i) => {
    const jitter = () => between(random, -0.02, 0.02)
    const tooth = between(random, 0.66, 0.74)
    const before = lobes[i - 1]
    if (before)
      outline.push(
        polar((angle + before.angle) / 2 + jitter(), valley * Math.min(1, length + 0.25)),
      )
    else outline.push(polar(angle - 0.42, length * 0.55))
    outline.push(polar(angle - breadth * 0.8, length * 0.6))
    outline.push(polar(angle - breadth * 1.08, length * (tooth + 0.06) + jitter()))
    outline.push(polar(angle - breadth * 0.42, length * (tooth + 0.04)))
    outline.push(polar(angle - breadth * 0.36, length * 0.87 + jitter()))
    outline.push(polar(angle - breadth * 0.16, length * 0.86))
    outline.push(polar(angle + jitter(), length))
    outline.push(polar(angle + breadth * 0.16, length * 0.86))
    outline.push(polar(angle + breadth * 0.36, length * 0.87 + jitter()))
    outline.push(polar(angle + breadth * 0.42, length * (tooth + 0.04)))
    outline.push(polar(angle + breadth * 1.08, length * (tooth + 0.06) + jitter()))
    outline.push(polar(angle + breadth * 0.8, length * 0.6))
    if (i === lobes.length - 1) outline.push(polar(angle + 0.42, length * 0.55))
    const main = {
      from: { x: 0, y: 0 },
      bend: polar(angle * 0.97, length * 0.5),
      to: polar(angle, length * 0.94),
      width: 0.017,
    }
    if (i === 2) veins.unshift(main)
    else veins.push(main)
    for (const side of [-1, 1])
      for (const at of [0.42, 0.62]) {
        const to = polar(angle + side * breadth * 0.8, length * (at + 0.16))
        veins.push({
          from: polar(angle, length * at),
          bend: polar(angle + side * breadth * 0.3, length * (at + 0.05)),
          to,
          width: 0.008,
        })
      }
  })
  // As broad as it is long, so it must be smaller to fit where the others do.
  const small = ({ x, y }: Point): Point => ({ x: x * 0.82, y: y * 0.82 })
  return {
    outline: outline.map(small),
    veins: veins.map((vein) => ({
      ...vein,
      from: small(vein.from),
      bend: small(vein.bend),
      to: small(vein.to),
    })),
    stalk: { x: between(random, -0.15, 0.15), y: between(random, 0.3, 0.45) },
  }
}

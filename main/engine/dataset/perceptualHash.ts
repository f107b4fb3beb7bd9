// 64 bits that stay nearly the same while a picture is resized, recompressed or slightly cropped:
// whether each of its lowest cosine frequencies is clearly positive (after Zauner's pHash, 2010, with
// a threshold of its own in place of the median). In the mirror the odd horizontal frequencies change
// their sign, so that the mirror image's hash comes from the same numbers. Pure.

/** 64 bits as two unsigned 32-bit halves. */
export type PictureHash = readonly [high: number, low: number]

export interface Look {
  readonly whole: PictureHash
  /** Of the whole picture seen in a mirror. */
  readonly mirror: PictureHash
  /** What crops of the picture would look like. */
  readonly crops: readonly PictureHash[]
  /** Mean red, green and blue, 0 to 255. */
  readonly tone: readonly [red: number, green: number, blue: number]
  /** Largest standard deviation of a colour channel: near 0 for a picture of one colour. */
  readonly spread: number
}

/** Pictures are looked at as RGB squares of this side, whatever their shape. */
export const lookSide = 64
const grid = 32
const highest = 9
/** Part of each side that a crop keeps. */
const kept = 0.93
/** Part of the strongest frequency below which one is noise: a smooth picture has many such. */
const noise = 0.01

const frequencies = Array.from({ length: highest * highest }, (_, i) => ({
  across: i % highest,
  down: Math.floor(i / highest),
}))
  .filter(({ across, down }) => across + down > 0)
  .sort(
    (a, b) =>
      a.across + a.down - b.across - b.down ||
      Math.abs(a.across - a.down) - Math.abs(b.across - b.down),
  )
  .slice(0, 64)

const waves = Array.from({ length: highest }, (_, frequency) =>
  Float64Array.from({ length: grid }, (_, x) => Math.cos((Math.PI * frequency * (x + 0.5)) / grid)),
)

/** Bits that differ, 0 to 64. */
export const distance = (a: PictureHash, b: PictureHash) =>
  bitCount(a[0] ^ b[0]) + bitCount(a[1] ^ b[1])

export function bitCount(bits: number) {
  let left = bits - ((bits >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** `rgb`: lookSide x lookSide x 3 bytes. */
export function lookOf(rgb: Uint8Array): Look {
  const pixels = lookSide * lookSide
  const grey = new Float64Array(pixels)
  const sums = [0, 0, 0]
  const squares = [0, 0, 0]
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < 3; c++) {
      const value = rgb[i * 3 + c]!
      grey[i]! += value / 3
      sums[c]! += value
      squares[c]! += value * value
    }
  const [red, green, blue] = sums.map((sum) => Math.round(sum / pixels)) as [number, number, number]
  const variance = squares.map((square, c) => square / pixels - (sums[c]! / pixels) ** 2)
  const boxes = [0, 0.5, 1].flatMap((top) =>
    [0, 0.5, 1].map((left) => ({ left: left * (1 - kept), top: top * (1 - kept), side: kept })),
  )
  const whole = strengths(grey, { left: 0, top: 0, side: 1 })
  return {
    whole: packed(whole),
    mirror: packed(whole.map((strength, i) => (frequencies[i]!.across % 2 ? -strength : strength))),
    crops: boxes.map((box) => packed(strengths(grey, box))),
    tone: [red, green, blue],
    spread: Math.round(Math.sqrt(Math.max(0, ...variance)) * 10) / 10,
  }
}

interface Box {
  readonly left: number
  readonly top: number
  readonly side: number
}

function packed(strength: readonly number[]): PictureHash {
  const threshold = noise * Math.max(...strength.map(Math.abs))
  const halves: [number, number] = [0, 0]
  strength.forEach((value, i) => {
    if (value > threshold) halves[i >> 5]! |= 1 << (i & 31)
  })
  return [halves[0] >>> 0, halves[1] >>> 0]
}

/** Of each of the 64 frequencies, signed. */
function strengths(grey: Float64Array, box: Box): number[] {
  const seen = resampled(grey, box)
  const byRow = new Float64Array(highest * grid)
  for (let y = 0; y < grid; y++)
    for (let f = 0; f < highest; f++) {
      let sum = 0
      for (let x = 0; x < grid; x++) sum += seen[y * grid + x]! * waves[f]![x]!
      byRow[f * grid + y] = sum
    }
  return frequencies.map(({ across, down }) => {
    let sum = 0
    for (let y = 0; y < grid; y++) sum += byRow[across * grid + y]! * waves[down]![y]!
    return sum
  })
}

/** The box as grid x grid values, between the pixels linearly. */
function resampled(grey: Float64Array, { left, top, side }: Box) {
  const out = new Float64Array(grid * grid)
  const place = (start: number, step: number) =>
    Math.min(lookSide - 1.001, Math.max(0, (start + (side * (step + 0.5)) / grid) * lookSide - 0.5))
  for (let y = 0; y < grid; y++) {
    const fromTop = place(top, y)
    const row = Math.floor(fromTop)
    const lower = fromTop - row
    for (let x = 0; x < grid; x++) {
      const fromLeft = place(left, x)
      const column = Math.floor(fromLeft)
      const right = fromLeft - column
      const at = row * lookSide + column
      const above = grey[at]! * (1 - right) + grey[at + 1]! * right
      const below = grey[at + lookSide]! * (1 - right) + grey[at + lookSide + 1]! * right
      out[y * grid + x] = above * (1 - lower) + below * lower
    }
  }
  return out
}

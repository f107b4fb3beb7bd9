// 64 bits that stay nearly the same while a picture is resized, recompressed or slightly cropped:
// whether each of its lowest cosine frequencies is clearly positive (after Zauner's pHash, 2010, with
// a threshold of its own in place of the median). In the mirror the odd horizontal frequencies change
// their sign, so that the mirror image's hash comes from the same numbers. Pure.

/** 64 bits as two unsigned 32-bit halves. */
export type PictureHash = readonly [high: number, low: number]

export interface Look {
  readonly whole: PictureHash
  /** Hash of the mirror image of the whole picture. */
  readonly mirror: PictureHash
  /** Hashes of crops of the picture. */
  readonly crops: readonly PictureHash[]
  /** Mean red, green and blue, 0 to 255. */
  readonly tone: readonly [red: number, green: number, blue: number]
  /** Largest standard deviation of a colour channel: near 0 for a picture of one colour. */
  readonly spread: number
}

/** Pictures are looked at as RGB squares of this side, whatever their shape. */
export const lookSide = 64
const highest = 9
/** Fraction of each side that a crop keeps. */
const kept = 0.93
/** Frequencies below this fraction of the strongest are noise; smooth pictures have many. */
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

interface Span {
  /** Both as fractions of the side, 0 to 1. */
  readonly start: number
  readonly length: number
}
const whole: Span = { start: 0, length: 1 }
const spans = [whole, ...[0, 0.5, 1].map((at) => ({ start: at * (1 - kept), length: kept }))]
/** As indices into `spans`: the whole picture first, then nine crops. */
const boxes = [
  { across: 0, down: 0 },
  ...[1, 2, 3].flatMap((down) => [1, 2, 3].map((across) => ({ across, down }))),
]

/** For each span its cosine basis, 0 outside; constants have no component. */
const waves = spans.map((span) =>
  Array.from({ length: highest }, (_, frequency) => waveIn(span, frequency)),
)

function waveIn({ start, length }: Span, frequency: number) {
  const inside = Float64Array.from({ length: lookSide }, (_, pixel) => {
    const from = Math.max(start, pixel / lookSide)
    const to = Math.min(start + length, (pixel + 1) / lookSide)
    return Math.max(0, to - from)
  })
  if (frequency === 0) return inside
  const wave = inside.map((part, pixel) => {
    const phase = ((pixel + 0.5) / lookSide - start) / length
    return part * Math.cos(Math.PI * frequency * phase)
  })
  const mean = wave.reduce((sum, value) => sum + value, 0) / length
  return wave.map((value, pixel) => value - mean * inside[pixel]!)
}

/** Hamming distance, 0 to 64. */
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
  const [own, ...crops] = strengths(grey)
  return {
    whole: packed(own!),
    mirror: packed(own!.map((strength, i) => (frequencies[i]!.across % 2 ? -strength : strength))),
    crops: crops.map(packed),
    tone: [red, green, blue],
    spread: Math.round(Math.sqrt(Math.max(0, ...variance)) * 10) / 10,
  }
}

function packed(strength: readonly number[]): PictureHash {
  const threshold = noise * Math.max(...strength.map(Math.abs))
  const halves: [number, number] = [0, 0]
  strength.forEach((value, i) => {
    if (value > threshold) halves[i >> 5]! |= 1 << (i & 31)
  })
  return [halves[0] >>> 0, halves[1] >>> 0]
}

/** Signed strength of each of the 64 frequencies of each box: rows first, then columns. */
function strengths(grey: Float64Array): number[][] {
  const byRow = waves.map((ofSpan) => ofSpan.map((wave) => alongRows(grey, wave)))
  return boxes.map((box) =>
    frequencies.map(({ across, down }) =>
      dot(byRow[box.across]![across]!, waves[box.down]![down]!, 0),
    ),
  )
}

function alongRows(grey: Float64Array, wave: Float64Array) {
  const out = new Float64Array(lookSide)
  for (let y = 0; y < lookSide; y++) out[y] = dot(grey, wave, y * lookSide)
  return out
}

function dot(values: Float64Array, wave: Float64Array, from: number) {
  let sum = 0
  for (let i = 0; i < lookSide; i++) sum += values[from + i]! * wave[i]!
  return sum
}

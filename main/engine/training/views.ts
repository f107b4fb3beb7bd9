// The random numbers of augmentation, as graph/augment.ts takes them, drawn from seed, epoch and photo
// alone, so that neither batch nor order changes them. Every number is drawn whether it is used or not,
// so changing one setting does not change what the others draw.
import { seededRandom, type Random } from '../../../shared/random'
import type { Augmentation, RunConfig } from '../../../shared/runConfig'
import type { Canvas } from '../graph/augment'

/** Sizes in pixels. */
export interface Framing {
  /** Side of the network's input. */
  readonly size: number
  /** Shorter side of the photo from which validation cuts the centre square. */
  readonly resize: number
}

/** The canvas is large enough that the usual crops need no upscaling. */
export function canvasOf(augment: Augmentation, { size, resize }: Framing): Canvas {
  const { brightness, contrast, saturation, hue, erase } = augment
  return {
    side: Math.ceil(Math.max(resize, (size * 8) / 7) / 4) * 4,
    colour: brightness + contrast + saturation + hue > 0,
    erase: erase > 0,
  }
}

interface Showing {
  /** `drawKey` of the photo. */
  readonly photo: string
  readonly epoch: number
  /** Counts repeats of the photo within the epoch, from 0. */
  readonly turn?: number | undefined
}

/** The `viewLength` numbers that vary a photo one time it is shown. Without any augmentation they give
 *  the centre square that validation sees. */
export function viewOf(
  { augment, seed }: Pick<RunConfig, 'augment' | 'seed'>,
  { photo, epoch, turn = 0 }: Showing,
  framing: Framing & { readonly canvas: number },
): number[] {
  const random = seededRandom('augment', seed, epoch, photo, turn)
  return [
    ...drawTransform(augment, random, framing),
    ...drawColours(augment, random),
    ...drawErased(augment, random),
  ]
}

const around = (random: Random, middle: number, by: number) => middle + by * (2 * random.next() - 1)

/** The affine transform from pixels of the result to the canvas: crop, zoom, rotation and flips. */
function drawTransform(
  { crop, zoom, rotate, flip }: Augmentation,
  random: Random,
  { size, resize, canvas }: Framing & { readonly canvas: number },
): number[] {
  const cropped = Math.sqrt(1 - crop * random.next())
  const [down, right] = [random.next(), random.next()]
  const [mirrored, turned] = [random.next() < 0.5, random.next() < 0.5]
  // Without cropping: the square that validation sees.
  const side = crop > 0 ? cropped : size / resize
  const middle = (way: number) => (crop > 0 ? (1 - side) * way + side / 2 : 0.5) * canvas - 0.5
  const step = (side * around(random, 1, zoom) * canvas) / size
  const angle = (around(random, 0, rotate) * Math.PI) / 180
  const across = step * (flip !== 'none' && mirrored ? -1 : 1)
  const along = step * (flip === 'both' && turned ? -1 : 1)
  const [a, b] = [Math.cos(angle) * across, -Math.sin(angle) * along]
  const [d, e] = [Math.sin(angle) * across, Math.cos(angle) * along]
  const half = (size - 1) / 2
  return [a, b, middle(right) - (a + b) * half, d, e, middle(down) - (d + e) * half, 0, 0]
}

type Matrix = readonly (readonly [number, number, number])[]
const each = (of: (to: number, from: number) => number): Matrix =>
  [0, 1, 2].map((to) => [of(to, 0), of(to, 1), of(to, 2)] as const)
const product = (a: Matrix, b: Matrix) =>
  each((to, from) => [0, 1, 2].reduce((sum, k) => sum + a[to]![k]! * b[k]![from]!, 0))
/** BT.601. */
const luma = [0.299, 0.587, 0.114]
const middleGrey = 127.5

/** Brightness, contrast around middle grey, saturation around a pixel's own grey, and hue as a turn
 *  around the grey axis, all as one linear map (Haeberli 1993); factors drawn as torchvision does. */
function drawColours(
  { brightness, contrast, saturation, hue }: Augmentation,
  random: Random,
): number[] {
  const [light, spread, vivid] = [brightness, contrast, saturation].map((by) =>
    around(random, 1, by),
  ) as [number, number, number]
  const angle = around(random, 0, hue) * 2 * Math.PI
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle) / Math.sqrt(3)]
  const turn = each((to, from) => {
    const way = (from - to + 3) % 3
    return (1 - cosine) / 3 + (way === 0 ? cosine : way === 1 ? -sine : sine)
  })
  const fade = each((to, from) => (to === from ? vivid : 0) + (1 - vivid) * luma[from]!)
  const both = product(turn, fade)
  // Both keep grey (their rows sum to 1), so the offset of the contrast needs no change.
  const columns = [0, 1, 2].flatMap((from) => both.map((row) => row[from]! * light * spread))
  return [...columns, ...new Array<number>(3).fill((1 - spread) * middleGrey)]
}

/** Random erasing with probability `erase`: 2 to 33 % of the area, sides in a ratio of up to 3.3 (Zhong
 *  et al. 2020 with torchvision's numbers). */
function drawErased({ erase }: Augmentation, random: Random): number[] {
  const chosen = random.next() < erase
  const area = 0.02 + 0.31 * random.next()
  const ratio = Math.exp(around(random, 0, Math.log(3.3)))
  const [height, width] = [
    Math.min(1, Math.sqrt(area * ratio)),
    Math.min(1, Math.sqrt(area / ratio)),
  ]
  const [top, left] = [(1 - height) * random.next(), (1 - width) * random.next()]
  return chosen ? [top, left, top + height, left + width] : [0, 0, 0, 0]
}

// The random numbers of augmentation, as graph/augment.ts takes them, drawn from seed, epoch and photo
// alone, so that neither batch nor order changes them. Every number is drawn whether it is used or not,
// so changing one setting does not change what the others draw.
import { seededRandom, type Random } from '../../../../shared/random'
import type { Augmentation, RunConfig } from '../../../../shared/runConfig'
import type { Canvas } from '../../graph/augment'
import type { Part } from '../../pictures/batches'

/** Sizes in pixels. */
export interface Framing {
  /** Side of the network's input. */
  readonly size: number
  /** Shorter side of the photo from which validation cuts the centre square. */
  readonly resize: number
}

/** The canvas is large enough that the usual crops need no upscaling. */
export function canvasOf(augment: Augmentation, { size, resize }: Framing): Canvas {
  const { brightness, contrast, saturation, hue, trivial, erase } = augment
  return {
    side: Math.ceil(Math.max(resize, (size * 8) / 7) / 4) * 4,
    colour: brightness + contrast + saturation + hue + trivial > 0,
    erase: erase > 0,
  }
}

/** What a canvas shows of a photo: its centre, or all of it, stretched to a square. */
export const canvasPart = ({ resizedCrop }: Augmentation, { side }: Canvas): Part =>
  resizedCrop > 0 ? { whole: side } : { resize: side, crop: side }

interface Showing {
  /** `drawKey` of the photo. */
  readonly photo: string
  readonly epoch: number
  /** Counts repeats of the photo within the epoch, from 0. */
  readonly turn?: number | undefined
}

interface Canvassed extends Framing {
  /** Side of the canvas. */
  readonly canvas: number
  /** Width / height of what the canvas shows; 1 unless it shows a whole photo. */
  readonly aspect?: number
}

/** The `viewLength` numbers that vary a photo one time it is shown. Without any augmentation they give
 *  the centre square that validation sees. */
export function viewOf(
  { augment, seed }: Pick<RunConfig, 'augment' | 'seed'>,
  { photo, epoch, turn = 0 }: Showing,
  framing: Canvassed,
): number[] {
  const random = seededRandom('augment', seed, epoch, photo, turn)
  const more = seededRandom('trivial', seed, epoch, photo, turn)
  const operation = drawOperation(augment, more)
  const resized = drawResizedCrop(augment, more, framing)
  return [
    ...drawTransform(augment, random, { ...framing, operation, resized }),
    ...drawColours(augment, random, operation),
    ...drawErased(augment, random),
  ]
}

const around = (random: Random, middle: number, by: number) => middle + by * (2 * random.next() - 1)

const nothing = { turn: 0, shear: [0, 0], shift: [0, 0], light: 1, spread: 1, vivid: 1 }
type Operation = typeof nothing
/** By a strength from -1 to 1. Shear and shift are shares of the picture's side. */
const operations: readonly ((strength: number) => Partial<Operation>)[] = [
  () => ({}),
  (strength) => ({ turn: 30 * strength }),
  (strength) => ({ shear: [0.3 * strength, 0] }),
  (strength) => ({ shear: [0, 0.3 * strength] }),
  (strength) => ({ shift: [0.3 * strength, 0] }),
  (strength) => ({ shift: [0, 0.3 * strength] }),
  (strength) => ({ light: 1 + 0.9 * strength }),
  (strength) => ({ spread: 1 + 0.9 * strength }),
  (strength) => ({ vivid: 1 + 0.9 * strength }),
]

/** TrivialAugment (Mueller and Hutter 2021): one operation of uniform strength, in the ranges of
 *  RandAugment; those of its operations that are affine maps of places or of colours. */
function drawOperation({ trivial }: Augmentation, random: Random): Operation {
  const [chosen, which, strength] = [random.next() < trivial, random.next(), around(random, 0, 1)]
  if (!chosen) return nothing
  return { ...nothing, ...operations[Math.floor(which * operations.length)]!(strength) }
}

/** The affine transform from pixels of the result to the canvas: crop, zoom, rotation and flips. */
function drawTransform(
  augment: Augmentation,
  random: Random,
  {
    operation,
    resized,
    size,
    resize,
    canvas,
  }: Canvassed & { readonly operation: Operation; readonly resized: readonly [number, number] },
): number[] {
  const { crop, zoom, rotate, flip, resizedCrop } = augment
  const cropped = Math.sqrt(1 - crop * random.next())
  const [down, right] = [random.next(), random.next()]
  const [mirrored, turned] = [random.next() < 0.5, random.next() < 0.5]
  const scale = around(random, 1, zoom)
  const angle = ((around(random, 0, rotate) + operation.turn) * Math.PI) / 180
  // Without cropping: the square that validation sees.
  const side = crop > 0 ? cropped : size / resize
  const [width, height] = resizedCrop > 0 ? resized : [side, side]
  const isCropped = resizedCrop > 0 || crop > 0
  const middle = (side: number, way: number) =>
    (isCropped ? (1 - side) * way + side / 2 : 0.5) * canvas - 0.5
  // Pixels of the canvas to a pixel of the result. What is turned or sheared keeps its shape, even where
  // the canvas is stretched.
  const [across, along] = [(width * scale * canvas) / size, (height * scale * canvas) / size]
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  const [shearX, shearY] = operation.shear as [number, number]
  const [flipX, flipY] = [flip !== 'none' && mirrored ? -1 : 1, flip === 'both' && turned ? -1 : 1]
  const a = (cosine - sine * shearY) * flipX * across
  const b = (cosine * shearX - sine) * flipY * across
  const d = (sine + cosine * shearY) * flipX * along
  const e = (sine * shearX + cosine) * flipY * along
  const half = (size - 1) / 2
  const [shiftX, shiftY] = operation.shift as [number, number]
  const x = middle(width, right) + shiftX * size * across
  const y = middle(height, down) + shiftY * size * along
  return [a, b, x - (a + b) * half, d, e, y - (d + e) * half, 0, 0]
}

/** Width and height as shares of the canvas, of a crop whose sides are as 3 to 4 up to 4 to 3 in the photo
 *  (Szegedy et al. 2015, with torchvision's numbers); one that does not fit is made smaller. */
function drawResizedCrop(
  { resizedCrop }: Augmentation,
  random: Random,
  { aspect = 1 }: Canvassed,
): readonly [number, number] {
  const area = 1 - resizedCrop * random.next()
  const ratio = Math.exp(around(random, 0, Math.log(4 / 3)))
  const [width, height] = [Math.sqrt((area * ratio) / aspect), Math.sqrt((area * aspect) / ratio)]
  const fits = Math.min(1, 1 / width, 1 / height)
  return [width * fits, height * fits]
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
  operation: Operation,
): number[] {
  const light = around(random, 1, brightness) * operation.light
  const spread = around(random, 1, contrast) * operation.spread
  const vivid = around(random, 1, saturation) * operation.vivid
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

// The sample data set, drawn by the program itself: three kinds of leaves on varied ground, the
// same pictures from the same seed on any computer. Nothing is downloaded and nobody's photos are
// shipped.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { seededRandom, type Random } from '../../../shared/random'
import { writeFailure } from '../files/fileFailures'
import { background, between, hex, leafColour, light, type Colour } from './leafScene'
import { leafKinds, leafShape, type LeafKind, type LeafShape, type Point } from './leafShapes'
import { inParallel } from '../files/parallel'

export interface LeavesOptions {
  readonly seed?: number | string
  readonly perClass?: number
  /** Side of a picture in pixels. */
  readonly size?: number
  readonly onProgress?: (done: number, total: number) => void
}

/** Writes folder/<Kind>/leaf-001.jpg and on. @throws {Failure} disk-full, not-writable */
export async function drawLeaves(
  folder: string,
  options: LeavesOptions = {},
): Promise<{ pictures: number }> {
  const { seed = 'leaves', perClass = 60, size = 160, onProgress } = options
  const wanted = leafKinds.flatMap((kind) =>
    Array.from({ length: perClass }, (_, i) => ({ kind, number: i + 1 })),
  )
  let done = 0
  try {
    for (const kind of leafKinds) await mkdir(join(folder, kind), { recursive: true })
    await inParallel(wanted, 2, async ({ kind, number }) => {
      const path = join(folder, kind, `leaf-${String(number).padStart(3, '0')}.jpg`)
      await writeFile(
        path,
        await drawLeaf({ kind, size, random: seededRandom(seed, kind, number) }),
      )
      onProgress?.(++done, wanted.length)
    })
  } catch (error) {
    throw writeFailure(folder, error)
  }
  return { pictures: wanted.length }
}

interface Drawing {
  readonly kind: LeafKind
  readonly size: number
  readonly random: Random
}

/** One leaf as JPEG bytes of size x size. */
export const drawLeaf = (drawing: Drawing): Promise<Buffer> =>
  sharp(Buffer.from(leafPicture(drawing)))
    .flatten({ background: '#777' })
    .jpeg({ quality: 88 })
    .toBuffer()

function leafPicture({ kind, size, random }: Drawing) {
  const ground = background(random, size)
  const shape = leafShape(kind, random)
  const pieces = leafPieces(shape, random)
  const length = size * between(random, 0.62, 0.86)
  const turn = between(random, -180, 180)
  const skew = between(random, -14, 14)
  const squash = between(random, 0.86, 1.06)
  // Centres the middle of the blade, not its base, in the picture.
  const spot = () => size * between(random, 0.42, 0.58)
  const transform =
    `translate(${spot()} ${spot()}) rotate(${turn}) skewX(${skew}) ` +
    `scale(${length * squash} ${length}) translate(0 ${centreOf(shape)})`
  const drop = size * between(random, 0.008, 0.03)
  const shadow = between(random, 0.25, 0.6).toFixed(2)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">${ground}` +
    `<filter id="shadow" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="${drop * 0.9}"/></filter>` +
    `<g filter="url(#shadow)" opacity="${shadow}" transform="translate(${drop} ${drop * 1.2})"><g transform="${transform}">${pieces.silhouette}</g></g>` +
    `<g transform="${transform}">${pieces.leaf}</g>${light(random, size)}</svg>`
  )
}

const centreOf = ({ outline }: LeafShape) => {
  const ys = outline.map((point) => point.y)
  return -(Math.min(...ys) + Math.max(...ys)) / 2
}

function leafPieces(shape: LeafShape, random: Random) {
  const base = leafColour(random)
  const lighter = shaded(base, between(random, 1.12, 1.35))
  const darker = shaded(base, between(random, 0.66, 0.85))
  const vein = shaded(
    base,
    random.next() < 0.7 ? between(random, 1.35, 1.7) : between(random, 0.5, 0.7),
  )
  const outline = pathOf(shape.outline)
  const stalk = `M0 0Q${shape.stalk.x * 0.2} ${shape.stalk.y * 0.6} ${shape.stalk.x} ${shape.stalk.y}`
  const veins = shape.veins
    .map(
      ({ from, bend, to, width }) =>
        `<path d="M${at(from)}Q${at(bend)} ${at(to)}" stroke-width="${width}"/>`,
    )
    .join('')
  const rib = shape.veins[0]!
  // One half of a leaf is turned from the light a little.
  const half = `<path d="M${at(rib.from)}Q${at(rib.bend)} ${at(rib.to)}L1.2 -1.2L1.2 0.4L0 0.4Z" fill="#000" opacity="${between(random, 0.04, 0.2)}"/>`
  const silhouette = `<path d="${outline}"/><path d="${stalk}" fill="none" stroke="#000" stroke-width="0.025"/>`
  const leaf =
    `<linearGradient id="blade" x1="${random.next()}" y1="0" x2="${random.next()}" y2="1"><stop offset="0" stop-color="${hex(lighter)}"/>` +
    `<stop offset="1" stop-color="${hex(darker)}"/></linearGradient><clipPath id="inside"><path d="${outline}"/></clipPath>` +
    `<path d="${stalk}" fill="none" stroke="${hex(darker)}" stroke-width="0.028" stroke-linecap="round"/>` +
    `<path d="${outline}" fill="url(#blade)" stroke="${hex(shaded(darker, 0.75))}" stroke-width="0.008" stroke-linejoin="round"/>` +
    `<g clip-path="url(#inside)">${spots(random, base)}${half}` +
    `<g fill="none" stroke="${hex(vein)}" stroke-linecap="round" opacity="0.8">${veins}</g></g>`
  return { silhouette, leaf }
}

/** Old leaves have brown spots. */
function spots(random: Random, base: Colour) {
  const count = random.next() < 0.4 ? 0 : random.integer(22)
  return Array.from({ length: count }, () => {
    const brown = {
      hue: between(random, 15, 40),
      saturation: 0.4,
      lightness: base.lightness * between(random, 0.4, 0.9),
    }
    const x = between(random, -0.5, 0.5)
    const y = between(random, -1, 0.05)
    return `<ellipse cx="${x}" cy="${y}" rx="${between(random, 0.006, 0.035)}" ry="${between(random, 0.006, 0.03)}" fill="${hex(brown)}" opacity="0.6"/>`
  }).join('')
}

const shaded = (colour: Colour, factor: number): Colour => ({
  ...colour,
  lightness: Math.min(0.88, colour.lightness * factor),
})
const at = ({ x, y }: Point) => `${x.toFixed(4)} ${y.toFixed(4)}`
const pathOf = (points: readonly Point[]) => `M${points.map(at).join('L')}Z`

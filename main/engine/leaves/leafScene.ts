// Where a drawn leaf lies and in which light: soil, grass, stone, wood or something out of focus,
// all as SVG text with the same seeded variety for every kind of leaf, so that no background and no
// colour gives the class away.
import type { Random } from '../../../shared/random'

/** Hue 0 to 360, the others 0 to 1. */
export interface Colour {
  readonly hue: number
  readonly saturation: number
  readonly lightness: number
}

export function rgbOf({ hue, saturation, lightness }: Colour): [number, number, number] {
  const chroma = saturation * Math.min(lightness, 1 - lightness)
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12
    return lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))
  }
  return [channel(0), channel(8), channel(4)]
}
export const hex = (colour: Colour) =>
  `#${rgbOf(colour)
    .map((value) =>
      Math.round(Math.min(1, Math.max(0, value)) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`

export const between = (random: Random, low: number, high: number) =>
  low + (high - low) * random.next()
const colour = (hue: number, saturation: number, lightness: number): Colour => ({
  hue: (hue + 360) % 360,
  saturation,
  lightness,
})

interface Noise {
  readonly id: string
  readonly frequency: string
  readonly colour: Colour
  /** Contrast of the specks, and the share of the ground they cover. */
  readonly contrast: number
  readonly cover: number
}

function noise(
  random: Random,
  size: number,
  { id, frequency, colour: tint, contrast, cover }: Noise,
) {
  const [r, g, b] = rgbOf(tint)
  const alpha = `${contrast} 0 0 0 ${-contrast * (1 - cover)}`
  return (
    `<filter id="${id}" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB">` +
    `<feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="2" seed="${random.integer(9999)}"/>` +
    `<feColorMatrix values="0 0 0 0 ${r} 0 0 0 0 ${g} 0 0 0 0 ${b} ${alpha}"/></filter>` +
    `<rect width="${size}" height="${size}" filter="url(#${id})"/>`
  )
}
const ground = (size: number, fill: Colour) =>
  `<rect width="${size}" height="${size}" fill="${hex(fill)}"/>`

function soil(random: Random, size: number) {
  const base = colour(
    between(random, 18, 38),
    between(random, 0.2, 0.4),
    between(random, 0.18, 0.36),
  )
  return (
    ground(size, base) +
    noise(random, size, {
      id: 'a',
      frequency: '0.06',
      colour: { ...base, lightness: base.lightness * 0.45 },
      contrast: 3,
      cover: 0.5,
    }) +
    noise(random, size, {
      id: 'b',
      frequency: '0.35',
      colour: { ...base, lightness: base.lightness * 1.7 },
      contrast: 4,
      cover: 0.42,
    })
  )
}

function stone(random: Random, size: number) {
  const base = colour(
    between(random, 20, 230),
    between(random, 0.02, 0.12),
    between(random, 0.4, 0.72),
  )
  return (
    ground(size, base) +
    noise(random, size, {
      id: 'a',
      frequency: '0.025',
      colour: { ...base, lightness: base.lightness * 0.7 },
      contrast: 3,
      cover: 0.5,
    }) +
    noise(random, size, {
      id: 'b',
      frequency: '0.6',
      colour: { ...base, lightness: base.lightness * 0.5 },
      contrast: 4,
      cover: 0.38,
    })
  )
}

function wood(random: Random, size: number) {
  const base = colour(
    between(random, 18, 36),
    between(random, 0.25, 0.5),
    between(random, 0.35, 0.65),
  )
  const along = between(random, 0.004, 0.012).toFixed(4)
  return (
    `<g transform="rotate(${random.next() < 0.5 ? 0 : 90} ${size / 2} ${size / 2})">${ground(size, base)}` +
    noise(random, size, {
      id: 'a',
      frequency: `${along} 0.12`,
      colour: { ...base, lightness: base.lightness * 0.55 },
      contrast: 3,
      cover: 0.48,
    }) +
    noise(random, size, {
      id: 'b',
      frequency: `${along} 0.5`,
      colour: { ...base, lightness: base.lightness * 1.25 },
      contrast: 2,
      cover: 0.45,
    }) +
    '</g>'
  )
}

function grass(random: Random, size: number) {
  const hue = between(random, 70, 125)
  const dark = colour(hue, between(random, 0.3, 0.5), between(random, 0.1, 0.2))
  const blades = Array.from({ length: 150 }, () => blade(random, size, hue)).join('')
  return (
    ground(size, dark) +
    noise(random, size, {
      id: 'a',
      frequency: '0.08',
      colour: { ...dark, lightness: 0.3 },
      contrast: 3,
      cover: 0.45,
    }) +
    blades
  )
}

function blade(random: Random, size: number, hue: number) {
  const x = between(random, -0.1, 1.1) * size
  const y = between(random, 0, 1.2) * size
  const lean = between(random, -0.22, 0.22) * size
  const height = between(random, 0.15, 0.42) * size
  const tint = colour(
    hue + between(random, -22, 12),
    between(random, 0.3, 0.6),
    between(random, 0.18, 0.5),
  )
  const wide = between(random, 0.006, 0.02) * size
  return (
    `<path d="M${x - wide} ${y}Q${x + lean * 0.2} ${y - height * 0.6} ${x + lean} ${y - height}` +
    `Q${x + lean * 0.3 + wide} ${y - height * 0.5} ${x + wide} ${y}Z" fill="${hex(tint)}"/>`
  )
}

function unsharp(random: Random, size: number) {
  const hue = between(random, 0, 360)
  const blobs = Array.from({ length: 14 }, () => {
    const tint = colour(
      hue + between(random, -60, 60),
      between(random, 0.1, 0.55),
      between(random, 0.2, 0.8),
    )
    const radius = between(random, 0.08, 0.35) * size
    return `<circle cx="${random.next() * size}" cy="${random.next() * size}" r="${radius}" fill="${hex(tint)}" opacity="0.7"/>`
  }).join('')
  return (
    `<filter id="soft" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="${size * 0.06}"/></filter>` +
    `${ground(size, colour(hue, 0.25, between(random, 0.25, 0.6)))}<g filter="url(#soft)">${blobs}</g>`
  )
}

const grounds = [soil, stone, wood, grass, unsharp]

/** SVG elements that fill size x size. */
export const background = (random: Random, size: number) =>
  grounds[random.integer(grounds.length)]!(random, size)

/** A green, yellow, orange or brownish leaf colour. */
export function leafColour(random: Random): Colour {
  const season = random.next()
  if (season < 0.6)
    return colour(
      between(random, 72, 130),
      between(random, 0.32, 0.65),
      between(random, 0.26, 0.46),
    )
  if (season < 0.85)
    return colour(between(random, 40, 66), between(random, 0.5, 0.8), between(random, 0.38, 0.55))
  return colour(between(random, 8, 34), between(random, 0.45, 0.7), between(random, 0.3, 0.46))
}

/** Light from one side and darker corners, over the whole picture. */
export function light(random: Random, size: number) {
  const angle = random.integer(360)
  const bright = between(random, 0.05, 0.3).toFixed(2)
  const dim = between(random, 0.05, 0.42).toFixed(2)
  return (
    `<linearGradient id="light" gradientTransform="rotate(${angle} 0.5 0.5)"><stop offset="0" stop-color="#fff6dd" stop-opacity="${bright}"/>` +
    `<stop offset="0.5" stop-color="#fff6dd" stop-opacity="0"/><stop offset="1" stop-color="#0b1226" stop-opacity="${dim}"/></linearGradient>` +
    `<rect width="${size}" height="${size}" fill="url(#light)"/>`
  )
}

// A chart as an SVG file, from the same curves as on the screen: for papers and slides, and drawn onto
// a canvas for PNG. Pure; everything it needs, colours too, comes in.
import type { Curve } from './curves'
import { decimate, type Span } from './decimate'
import type { LineLook } from './lineLooks'

/** A line from top to bottom with a name. */
interface SvgMark {
  readonly x: number
  readonly name: string
  readonly dash: readonly number[]
  readonly row: number
}
export interface SvgChart {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly curves: readonly {
    readonly curve: Curve
    readonly name: string
    readonly look: LineLook
  }[]
  readonly view: Span
  readonly xName: string
  readonly formatX: (x: number) => string
  readonly formatY: (y: number) => string
  readonly marks: readonly SvgMark[]
  /** The value of a variable of tokens.css. */
  readonly colourOf: (variable: string) => string
}

interface Place {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export function curvesToSvg(chart: SvgChart): string {
  const { width, height, view, colourOf } = chart
  const place = { left: 64, top: 58, right: width - 16, bottom: height - 40 }
  const lines = chart.curves.map(({ curve, look }) => ({
    look,
    points: decimate(curve, view, place.right - place.left),
  }))
  const reach = reachOf(lines.flatMap(({ points }) => points.y))
  const x = scale(view, place.left, place.right)
  const y = scale(reach, place.bottom, place.top)
  const ink = colourOf('--ink2')
  const parts = [
    `<rect width="${width}" height="${height}" fill="${colourOf('--panel')}"/>`,
    text(chart.title, { x: 16, y: 24, fill: colourOf('--ink'), size: 14, weight: 600 }),
    legend(chart, place),
    ...ticks(reach, 5).flatMap((value) => [
      `<path d="M${place.left} ${px(y(value))}H${place.right}" stroke="${colourOf('--line')}"/>`,
      text(chart.formatY(value), { x: place.left - 8, y: y(value) + 4, fill: ink, anchor: 'end' }),
    ]),
    ...ticks(view, 8).map((value) =>
      text(chart.formatX(value), {
        x: x(value),
        y: place.bottom + 16,
        fill: ink,
        anchor: 'middle',
      }),
    ),
    text(chart.xName, { x: place.right, y: height - 8, fill: ink, anchor: 'end' }),
    ...marks(chart, place, x),
    `<clipPath id="in"><rect x="${place.left}" y="${place.top}" width="${place.right - place.left}" height="${place.bottom - place.top}"/></clipPath>`,
    `<g clip-path="url(#in)" fill="none" stroke-linejoin="round">`,
    ...lines.map(({ look, points }) => {
      const path = points.x.map((at, i) => `${i ? 'L' : 'M'}${px(x(at))} ${px(y(points.y[i]!))}`)
      return path.length ? `<path d="${path.join('')}" ${strokeOf(look, colourOf)}/>` : ''
    }),
    ...lines.flatMap(({ look, points }) =>
      look.dots
        ? points.x.map(
            (at, i) =>
              `<circle cx="${px(x(at))}" cy="${px(y(points.y[i]!))}" r="2.5" fill="${colourOf(look.colour)}"/>`,
          )
        : [],
    ),
    `</g>`,
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Pretendard, system-ui, sans-serif" font-size="11">\n${parts.filter(Boolean).join('\n')}\n</svg>\n`
}

/** About how wide a letter is. */
const letter = 6.5

function legend({ curves, colourOf }: SvgChart, { left }: Place): string {
  let at = left
  return curves
    .filter(({ curve }) => !curve.faint && curve.x.length)
    .map(({ name, look }) => {
      const here = at
      at += 40 + letter * name.length
      return (
        `<path d="M${here} 42h20" ${strokeOf(look, colourOf)}/>` +
        text(name, { x: here + 26, y: 46, fill: colourOf('--ink2') })
      )
    })
    .join('')
}

function marks(chart: SvgChart, place: Place, x: (value: number) => number): string[] {
  const fill = chart.colourOf('--ink2')
  return chart.marks
    .filter((mark) => mark.x >= chart.view.min && mark.x <= chart.view.max)
    .map((mark) => {
      const near = x(mark.x) + 4 + letter * mark.name.length > place.right
      return (
        `<path d="M${px(x(mark.x))} ${place.top}V${place.bottom}" stroke="${fill}" stroke-dasharray="${mark.dash.join(' ')}"/>` +
        text(mark.name, {
          x: x(mark.x) + (near ? -4 : 4),
          y: place.top + 11 + 14 * mark.row,
          fill,
          anchor: near ? 'end' : 'start',
        })
      )
    })
}

const strokeOf = ({ colour, width, dash }: LineLook, colourOf: SvgChart['colourOf']) =>
  `stroke="${colourOf(colour)}" stroke-width="${width}"${dash.length ? ` stroke-dasharray="${dash.join(' ')}"` : ''}`

interface TextLook {
  readonly x: number
  readonly y: number
  readonly fill: string
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly size?: number
  readonly weight?: number
}
const text = (words: string, { x, y, fill, anchor, size, weight }: TextLook) =>
  `<text x="${px(x)}" y="${px(y)}" fill="${fill}"${anchor ? ` text-anchor="${anchor}"` : ''}${size ? ` font-size="${size}"` : ''}${weight ? ` font-weight="${weight}"` : ''}>${escape(words)}</text>`

const escape = (words: string) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const px = (value: number) => String(Math.round(value * 100) / 100)

/** With a little room above and below. */
function reachOf(values: readonly number[]): Span {
  let [min, max] = [Infinity, -Infinity]
  for (const value of values) {
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  if (min > max) return { min: 0, max: 1 }
  const room = 0.05 * (max - min) || Math.abs(max) * 0.1 || 1
  return { min: min - room, max: max + room }
}

const scale =
  ({ min, max }: Span, start: number, end: number) =>
  (value: number) =>
    max > min ? start + ((value - min) / (max - min)) * (end - start) : start

/** Round values inside a span, about `count` of them: 1, 2 or 5 times a power of ten apart. */
export function ticks({ min, max }: Span, count: number): number[] {
  const rough = (max - min) / count
  if (!(rough > 0)) return [min]
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough)!
  const values: number[] = []
  for (let at = Math.ceil(min / step); at * step <= max; at++)
    values.push(Number((at * step).toPrecision(12)))
  return values
}

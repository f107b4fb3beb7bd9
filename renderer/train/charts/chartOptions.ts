// The looks of a uPlot chart in this window: a canvas cannot use CSS variables, so their present
// values are read here and the chart is made again when the theme changes. What moves (data, the part
// in view, the cursor) is asked for at every drawing.
import uPlot from 'uplot'
import type { Curve } from './curves'
import { decimate, type Span } from './decimate'
import { lookOf } from './lineLooks'

export interface Mark {
  readonly x: number
  readonly name: string
  readonly dash: readonly number[]
  /** Names of marks that may stand close to one another are in rows of their own. */
  readonly row: number
}
export interface ChartLooks {
  readonly width: number
  readonly height: number
  readonly view: Span
  readonly marks: readonly Mark[]
  readonly formatX: (x: number) => string
  readonly formatY: (value: number) => string
  /** Whether x has fractions. */
  readonly fine: boolean
  readonly onCursor: (x: number | null) => void
  readonly onSelect: (span: Span) => void
}

/** Resolves a colour of tokens.css as it is now. */
export const colour = (variable: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(variable).trim() || '#888888'

/** Options for the curves in their order; `looks` is asked again at every drawing. */
export function chartOptions(curves: readonly Curve[], looks: () => ChartLooks): uPlot.Options {
  const now = looks()
  const ink = colour('--ink3')
  const font = `11px ${getComputedStyle(document.body).fontFamily || 'sans-serif'}`
  const axis = { stroke: ink, font, ticks: { show: false } }
  return {
    width: now.width,
    height: now.height,
    legend: { show: false },
    padding: [8, 12, 0, 0],
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: true, y: false, setScale: false },
      dataIdx: (chart, series, at) => lastKnown(chart.data[series], at),
      bind: {
        // With Shift, dragging moves the view; a double click shows all: neither is uPlot's.
        mousedown: (_chart, _target, handle) => (event) =>
          event.button === 0 && !event.shiftKey ? handle(event) : null,
        dblclick: () => () => null,
      },
    },
    scales: {
      x: {
        time: false,
        range: () => {
          const { min, max } = looks().view
          return [min, max]
        },
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        values: (_, values) => values.map((value) => looks().formatX(value)),
        ...(now.fine ? {} : { incrs: wholeSteps }),
      },
      {
        ...axis,
        grid: { stroke: colour('--line'), width: 1 },
        size: 56,
        values: (_, values) => values.map((value) => looks().formatY(value)),
      },
    ],
    series: [{}, ...curves.map(seriesOf)],
    hooks: {
      setCursor: [(chart) => looks().onCursor(cursorOf(chart))],
      setSelect: [(chart) => select(chart, looks)],
      draw: [(chart) => looks().marks.forEach((mark) => drawMark(chart, mark))],
    },
  }
}

const wholeSteps = [1, 2, 5].flatMap((n) => [
  n,
  n * 10,
  n * 100,
  n * 1000,
  n * 1e4,
  n * 1e5,
  n * 1e6,
])
wholeSteps.sort((a, b) => a - b)

function seriesOf(curve: Curve): uPlot.Series {
  const look = lookOf(curve)
  const stroke = colour(look.colour)
  return {
    stroke,
    width: look.width,
    dash: [...look.dash],
    spanGaps: true,
    points: { show: look.dots ?? curve.x.length < 2, size: 5, fill: stroke },
  }
}

function cursorOf(chart: uPlot): number | null {
  const { left } = chart.cursor
  return left === undefined || left < 0 ? null : chart.posToVal(left, 'x')
}

function select(chart: uPlot, looks: () => ChartLooks) {
  const { left, width } = chart.select
  if (width < 4) return
  const span = { min: chart.posToVal(left, 'x'), max: chart.posToVal(left + width, 'x') }
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  looks().onSelect(span)
}

function lastKnown(column: uPlot.AlignedData[number] | undefined, at: number): number {
  let known = at
  while (known > 0 && column?.[known] === null) known--
  return known
}

function drawMark(chart: uPlot, { x: value, name, dash, row }: Mark) {
  const x = Math.round(chart.valToPos(value, 'x', true))
  const { left, top, width, height } = chart.bbox
  if (x < left || x > left + width) return
  const { ctx } = chart
  const scale = uPlot.pxRatio
  ctx.save()
  ctx.strokeStyle = ctx.fillStyle = colour('--ink2')
  ctx.lineWidth = scale
  ctx.setLineDash(dash.map((length) => length * scale))
  ctx.beginPath()
  ctx.moveTo(x, top)
  ctx.lineTo(x, top + height)
  ctx.stroke()
  ctx.font = `${11 * scale}px ${getComputedStyle(document.body).fontFamily}`
  ctx.textBaseline = 'top'
  ctx.textAlign = 'left'
  const long = ctx.measureText(name).width
  const near = x + 6 * scale + long > left + width
  const [start, above] = [near ? x - 4 * scale - long : x + 4 * scale, top + (1 + 14 * row) * scale]
  const ink = ctx.fillStyle
  ctx.fillStyle = colour('--panel')
  // The curve shows through: it is what matters here.
  ctx.globalAlpha = 0.7
  ctx.fillRect(start - scale, above, long + 2 * scale, 13 * scale)
  ctx.globalAlpha = 1
  ctx.fillStyle = ink
  ctx.fillText(name, start, above + scale)
  ctx.restore()
}

/** What is in view of curves with their own x each, as uPlot wants it: one x that goes up, and null
 *  where a curve has no value there. */
export function aligned(
  curves: readonly Curve[],
  view: Span,
  width: number,
): [number[], ...(number | null)[][]] {
  const shown = curves.map((curve) => decimate(curve, view, width))
  const sorted = Float64Array.from(shown.flatMap(({ x }) => x)).sort()
  const all: number[] = []
  for (const x of sorted) if (x !== all[all.length - 1]) all.push(x)
  const columns = shown.map(({ x, y }) => {
    const column = new Array<number | null>(all.length).fill(null)
    let at = 0
    x.forEach((value, i) => {
      while (all[at]! < value) at++
      column[at] = y[i]!
    })
    return column
  })
  return [all, ...columns]
}

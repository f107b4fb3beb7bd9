// The looks of a uPlot chart in this window: a canvas cannot use CSS variables, so their present
// values are read here and the chart is made again when the theme changes.
import type uPlot from 'uplot'
import type { Curve, Role } from './curves'

export interface ChartLooks {
  readonly width: number
  readonly height: number
  readonly format: (value: number) => string
  readonly bestX: number | null
  readonly bestLabel: string
  readonly onCursor: (index: number | null) => void
  readonly onZoom: () => void
}

const variables: Readonly<Record<Role, string>> = {
  training: '--ember',
  validation: '--validation',
  earlier: '--line2',
  rate: '--ink2',
}

/** Resolves a colour of tokens.css as it is now. */
export const colour = (variable: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(variable).trim() || '#888888'

export const colourOf = (role: Role) => colour(variables[role])

/** Options for the curves in their order; `looks` is asked again at every drawing. */
export function chartOptions(curves: readonly Curve[], looks: () => ChartLooks): uPlot.Options {
  const now = looks()
  const [ink, line] = [colour('--ink3'), colour('--line')]
  const font = `11px ${getComputedStyle(document.body).fontFamily || 'sans-serif'}`
  return {
    width: now.width,
    height: now.height,
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: true, y: false } },
    scales: { x: { time: false } },
    axes: [
      {
        stroke: ink,
        font,
        grid: { show: false },
        ticks: { show: false },
        size: 26,
        incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000],
      },
      {
        stroke: ink,
        font,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        size: 56,
        values: (_, values) => values.map((value) => looks().format(value)),
      },
    ],
    series: [
      {},
      ...curves.map((curve) => ({
        stroke: colourOf(curve.role),
        width: curve.role === 'earlier' ? 1.25 : 2,
        spanGaps: true,
        points: { show: curve.x.length < 2, size: 5, fill: colourOf(curve.role) },
      })),
    ],
    hooks: {
      setCursor: [(chart) => looks().onCursor(chart.cursor.idx ?? null)],
      setSelect: [(chart) => chart.select.width > 0 && looks().onZoom()],
      draw: [(chart) => drawBest(chart, looks())],
    },
  }
}

function drawBest(chart: uPlot, looks: ChartLooks) {
  if (looks.bestX === null) return
  const x = Math.round(chart.valToPos(looks.bestX, 'x', true))
  const { left, top, width, height } = chart.bbox
  if (x < left || x > left + width) return
  const { ctx } = chart
  const scale = window.devicePixelRatio || 1
  ctx.save()
  ctx.strokeStyle = ctx.fillStyle = colour('--ink2')
  ctx.lineWidth = scale
  ctx.setLineDash([4 * scale, 4 * scale])
  ctx.beginPath()
  ctx.moveTo(x, top)
  ctx.lineTo(x, top + height)
  ctx.stroke()
  ctx.font = `${11 * scale}px sans-serif`
  ctx.textBaseline = 'top'
  const near = x + 60 * scale > left + width
  ctx.textAlign = near ? 'right' : 'left'
  ctx.fillText(looks.bestLabel, x + (near ? -4 : 4) * scale, top + 2 * scale)
  ctx.restore()
}

/** Curves with their own x each, as uPlot wants them: one sorted x, gaps as null. */
export function aligned(curves: readonly Curve[]): uPlot.AlignedData {
  const all = Float64Array.from([...new Set(curves.flatMap((curve) => curve.x))]).sort()
  const place = new Map([...all].map((x, i) => [x, i]))
  const columns = curves.map((curve) => {
    const column: (number | null)[] = new Array<number | null>(all.length).fill(null)
    curve.x.forEach((x, i) => {
      const y = curve.y[i]!
      column[place.get(x)!] = Number.isFinite(y) ? y : null
    })
    return column
  })
  return [all, ...columns]
}

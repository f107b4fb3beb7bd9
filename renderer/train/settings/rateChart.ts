// The looks of the learning-rate finder's curve: loss over a rate on a logarithmic axis, with the
// suggested rate marked.
import type uPlot from 'uplot'
import type { RateSearch } from '../../../shared/runPlan'
import { colour } from '../charts/chartOptions'

/** 0.001 -> "0.001", 0.000012 -> "1.2e-5". */
export const writeRate = (rate: number): string =>
  rate === 0 || rate >= 0.001
    ? String(Number(rate.toPrecision(2)))
    : rate.toExponential(1).replace('.0e', 'e')

/** Losses that blew up are cut, or the slope before would be a flat line. */
export function rateData({ rates, losses }: RateSearch): uPlot.AlignedData {
  const known = losses.filter(Number.isFinite)
  const [least, first] = [Math.min(...known), known[0] ?? 0]
  const most = first + 1.5 * Math.max(first - least, 1e-3)
  return [rates, losses.map((loss) => (Number.isFinite(loss) && loss <= most ? loss : null))]
}

export function rateOptions(
  search: RateSearch,
  size: { readonly width: number; readonly height: number },
): uPlot.Options {
  const [ink, line] = [colour('--ink3'), colour('--line')]
  const font = `11px ${getComputedStyle(document.body).fontFamily || 'sans-serif'}`
  const axis = { stroke: ink, font, ticks: { show: false } }
  return {
    ...size,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, distr: 3 } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        // uPlot leaves out (null) what would touch.
        values: (_, values) =>
          values.map((value: number | null) => (value === null ? '' : value.toExponential(0))),
      },
      { ...axis, grid: { stroke: line, width: 1 }, size: 36 },
    ],
    series: [{}, { stroke: colour('--ember'), width: 2, points: { show: false } }],
    hooks: { draw: [(chart) => drawSuggested(chart, search.suggested)] },
  }
}

function drawSuggested(chart: uPlot, suggested: number | null) {
  if (suggested === null) return
  const x = Math.round(chart.valToPos(suggested, 'x', true))
  const { ctx, bbox } = chart
  const scale = window.devicePixelRatio || 1
  ctx.save()
  ctx.strokeStyle = colour('--ink2')
  ctx.lineWidth = scale
  ctx.setLineDash([4 * scale, 4 * scale])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}

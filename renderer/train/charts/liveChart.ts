// A uPlot chart kept as its curves, view and size are: drawn at most once a frame, only when one of them
// changed, and only while it is in sight. Made anew when there are other lines or other colours.
import { useElementVisibility, useMediaQuery } from '@vueuse/core'
import uPlot from 'uplot'
import { computed, onBeforeUnmount, watch, type Ref } from 'vue'
import { aligned, chartOptions, type ChartLooks } from './chartOptions'
import type { Curve } from './curves'

export interface Shown {
  readonly curves: readonly Curve[]
  readonly looks: ChartLooks
  /** Where the cursor stands; null: nowhere. */
  readonly cursor: number | null
}

export function useLiveChart(frame: Ref<HTMLElement | null>, shown: () => Shown) {
  const dark = useMediaQuery('(prefers-color-scheme: dark)')
  let chart: uPlot | null = null
  const inSight = useElementVisibility(frame)
  let pending = 0
  let stale = true

  const looks = () => shown().looks
  const data = () => {
    const { curves, looks } = shown()
    return aligned(curves, looks.view, looks.width)
  }

  function draw() {
    if (!inSight.value) return
    if (stale) build()
    else chart?.setData(data())
    stale = false
    placeCursor()
  }
  function build() {
    chart?.destroy()
    chart = null
    // Without a canvas (a test's window) the words and the export still work.
    if (!frame.value || !document.createElement('canvas').getContext?.('2d')) return
    chart = new uPlot(chartOptions(shown().curves, looks), data(), frame.value)
  }
  function placeCursor() {
    const { cursor } = shown()
    if (!chart || frame.value?.matches(':hover')) return
    const left = cursor === null ? -10 : chart.valToPos(cursor, 'x')
    chart.setCursor({ left, top: left < 0 ? -10 : 1 }, false)
  }
  function schedule(again = false) {
    stale ||= again
    cancelAnimationFrame(pending)
    pending = requestAnimationFrame(draw)
  }

  watch(inSight, (now) => now && schedule())
  // Lines of one kind are drawn alike; from the second point on, a line needs no dots.
  const kind = computed(() =>
    shown()
      .curves.map(({ role, mark, faint, x }) => `${role} ${mark} ${faint} ${x.length < 2}`)
      .join(),
  )
  const fine = computed(() => looks().fine)
  watch([kind, dark, fine], () => schedule(true))
  watch([() => shown().curves, () => looks().view, () => looks().marks], () => schedule())
  watch([() => looks().width, () => looks().height], ([width, height]) => {
    chart?.setSize({ width, height })
    schedule()
  })
  watch(() => shown().cursor, placeCursor)
  onBeforeUnmount(() => {
    cancelAnimationFrame(pending)
    chart?.destroy()
  })

  return {
    /** What lies at a place on the screen. */
    xAt(clientX: number): number | null {
      if (!chart) return null
      const { left } = chart.over.getBoundingClientRect()
      return chart.posToVal(clientX - left, 'x')
    },
    plotWidth: () => chart?.over.clientWidth ?? 1,
  }
}

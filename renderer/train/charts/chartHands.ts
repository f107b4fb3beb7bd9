// What wheel, drag and keys do to a chart: closer and farther about the pointer, aside, and the
// cursor from point to point. The wheel scrolls the room unless Ctrl is held or the chart was clicked.
import { useEventListener } from '@vueuse/core'
import type { Ref } from 'vue'
import { panned, showing, zoomed, type View } from './chartView'
import type { Span } from './decimate'
import { nearestTo } from './sortedColumn'

interface Chart {
  readonly xAt: (clientX: number) => number | null
  readonly plotWidth: () => number
}
interface Reach {
  readonly view: Ref<View>
  readonly cursor: Ref<number | null>
  readonly whole: () => Span
  /** Where the cursor can stand. */
  readonly stops: () => ArrayLike<number>
  readonly onKeyedTo: () => void
}

const closer = 0.7
const aside = 0.2

export function useChartHands(frame: Ref<HTMLElement | null>, chart: Chart, reach: Reach) {
  const { view, cursor, whole, stops } = reach
  const middle = () => {
    const { min, max } = view.value ?? whole()
    return (min + max) / 2
  }
  const zoom = (factor: number, at: number) =>
    (view.value = zoomed(view.value, whole(), { factor, at }))
  const pan = (share: number) => (view.value = panned(view.value, whole(), share))

  useEventListener(
    frame,
    'wheel',
    (event: WheelEvent) => {
      const at = chart.xAt(event.clientX)
      const meant = event.ctrlKey || event.metaKey || frame.value === document.activeElement
      if (!meant || at === null) return
      event.preventDefault()
      const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0)
      if (sideways) pan(sideways / chart.plotWidth())
      else zoom(Math.exp(event.deltaY / 400), at)
    },
    { passive: false },
  )

  let grabbed: number | null = null
  useEventListener(frame, 'pointerdown', (event: PointerEvent) => {
    if (!(event.button === 1 || (event.button === 0 && event.shiftKey))) return
    event.preventDefault()
    grabbed = event.clientX
    frame.value?.setPointerCapture(event.pointerId)
  })
  useEventListener(frame, 'pointermove', (event: PointerEvent) => {
    if (grabbed === null) return
    pan((grabbed - event.clientX) / chart.plotWidth())
    grabbed = event.clientX
  })
  useEventListener(frame, ['pointerup', 'pointercancel'], () => (grabbed = null))
  useEventListener(frame, 'dblclick', () => (view.value = null))
  useEventListener(frame, 'keydown', (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event.key, event.shiftKey)) return
    event.preventDefault()
    event.stopPropagation()
  })

  function press(key: string, shift: boolean): boolean {
    const about = cursor.value ?? middle()
    if (key === '+' || key === '=') zoom(closer, about)
    else if (key === '-' || key === '_') zoom(1 / closer, about)
    else if (key === '0') view.value = null
    else if (key === 'Escape') cursor.value = null
    else if (key === 'ArrowLeft') sideways(-1, shift)
    else if (key === 'ArrowRight') sideways(1, shift)
    else if (key === 'PageUp') move(-tenth())
    else if (key === 'PageDown') move(tenth())
    else if (key === 'Home') move(-Infinity)
    else if (key === 'End') move(Infinity)
    else return false
    return true
  }

  function sideways(by: 1 | -1, shift: boolean) {
    if (shift) pan(by * aside)
    else move(by)
  }
  const tenth = () => Math.max(1, Math.round(stops().length / 10))
  function move(by: number) {
    const all = stops()
    if (all.length === 0) return
    const last = all.length - 1
    const from = cursor.value === null ? (by > 0 ? -1 : last + 1) : nearestTo(all, cursor.value)
    const x = all[Math.max(0, Math.min(last, from + by))]!
    cursor.value = x
    view.value = showing(view.value, whole(), x)
    reach.onKeyedTo()
  }
}

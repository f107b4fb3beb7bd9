// Dragging a band from the space between tiles selects what it touches. Coordinates are those of the
// scrolled content, so the band keeps hold of what has scrolled away.
import { useEventListener } from '@vueuse/core'
import { shallowRef, type Ref } from 'vue'
import type { Box } from './gridLayout'

/** `content` is the tall element inside the scroller; `touch` gets the box, `begin` a plain press. */
export function useRubberBand(
  content: Readonly<Ref<HTMLElement | undefined>>,
  on: { readonly begin: (event: PointerEvent) => void; readonly touch: (box: Box) => void },
) {
  const band = shallowRef<Box | null>(null)
  let from: { x: number; y: number } | null = null

  function at(event: PointerEvent) {
    const edge = content.value!.getBoundingClientRect()
    return { x: event.clientX - edge.left, y: event.clientY - edge.top }
  }

  function press(event: PointerEvent) {
    const target = event.target
    if (event.button !== 0 || !content.value || !(target instanceof Element)) return
    if (target.closest('[role=gridcell]')) return
    from = at(event)
    on.begin(event)
  }

  useEventListener(window, 'pointermove', (event: PointerEvent) => {
    if (!from || !content.value) return
    const to = at(event)
    if (!band.value && Math.hypot(to.x - from.x, to.y - from.y) < 4) return
    band.value = {
      left: Math.min(from.x, to.x),
      right: Math.max(from.x, to.x),
      top: Math.min(from.y, to.y),
      bottom: Math.max(from.y, to.y),
    }
    on.touch(band.value)
  })
  useEventListener(window, ['pointerup', 'pointercancel'], () => {
    from = null
    band.value = null
  })
  return { band, press }
}

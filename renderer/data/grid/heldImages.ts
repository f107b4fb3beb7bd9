// While the grid is thrown past faster than anyone can look, tiles do not ask for their pictures: the
// engine would be busy with rows that have long gone when the scrolling stops.
import { useEventListener, useTimeoutFn } from '@vueuse/core'
import { ref, type Ref } from 'vue'

/** Screens a second above which pictures wait. */
const fast = 6
const settled = 120

/** True while new tiles should stay without a picture. */
export function useHeldImages(scroller: Readonly<Ref<HTMLElement | undefined>>): Ref<boolean> {
  const held = ref(false)
  let [top, time] = [0, 0]
  const release = useTimeoutFn(() => (held.value = false), settled, { immediate: false })

  useEventListener(
    scroller,
    'scroll',
    (event: Event) => {
      const { scrollTop, clientHeight } = event.target as HTMLElement
      const elapsed = Math.max(1, event.timeStamp - time)
      const screens = Math.abs(scrollTop - top) / Math.max(1, clientHeight)
      if (screens > 0.5 && (screens / elapsed) * 1000 > fast) held.value = true
      ;[top, time] = [scrollTop, event.timeStamp]
      release.start()
    },
    // Before the grid hears of it: new tiles must know, and asking for a place after the grid has
    // changed would lay everything out once more.
    { passive: true, capture: true },
  )
  return held
}

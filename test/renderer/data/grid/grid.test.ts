// @vitest-environment happy-dom
// Dragging in the grid: the band that selects, the pictures that are carried, the pictures that wait
// while the grid is scrolled past.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { shallowRef } from 'vue'
import {
  carriedPictures,
  carriesPictures,
  carryPictures,
} from '../../../../renderer/data/grid/dragPictures'
import { useHeldImages } from '../../../../renderer/data/grid/heldImages'
import { useRubberBand } from '../../../../renderer/data/grid/rubberBand'
import { fakeRestage } from '../../fakeRestage'
import { useIn } from '../../useIn'

beforeEach(() => void fakeRestage())
afterEach(() => void vi.useRealTimers())

describe('the rubber band', () => {
  const content = document.createElement('div')
  content.getBoundingClientRect = () => ({ left: 100, top: -50 }) as DOMRect
  const at = (clientX: number, clientY: number) => ({ clientX, clientY, button: 0, bubbles: true })
  const move = (x: number, y: number) =>
    window.dispatchEvent(new PointerEvent('pointermove', at(x, y)))

  function drawn() {
    const on = { begin: vi.fn(), touch: vi.fn() }
    const { band, press } = useIn(() => useRubberBand(shallowRef(content), on))
    content.onpointerdown = press
    return { band, on }
  }
  const pressOn = (element: Element) =>
    element.dispatchEvent(new PointerEvent('pointerdown', at(130, 20)))

  test('spans from the press to the pointer, in coordinates of the content', () => {
    const { band, on } = drawn()
    pressOn(content)
    expect(on.begin).toHaveBeenCalledOnce()
    move(132, 21)
    expect(band.value).toBe(null)
    move(110, 60)
    expect(on.touch).toHaveBeenLastCalledWith({ left: 10, right: 30, top: 70, bottom: 110 })
    window.dispatchEvent(new PointerEvent('pointerup'))
    expect(band.value).toBe(null)
    move(200, 200)
    expect(on.touch).toHaveBeenCalledOnce()
  })

  test('does not begin on a tile', () => {
    const { on } = drawn()
    const tile = content.appendChild(document.createElement('div'))
    tile.setAttribute('role', 'gridcell')
    pressOn(tile)
    move(300, 300)
    expect(on.begin).not.toHaveBeenCalled()
    expect(on.touch).not.toHaveBeenCalled()
  })
})

describe('carried pictures', () => {
  const drag = (data: Record<string, string> = {}) =>
    ({
      dataTransfer: {
        setData: (type: string, text: string) => (data[type] = text),
        getData: (type: string) => data[type] ?? '',
        get types() {
          return Object.keys(data)
        },
      },
    }) as unknown as DragEvent

  test('arrive as they were sent, and a drop of files is not taken for them', () => {
    const event = drag()
    carryPictures(event, ['1', '2'])
    expect(carriesPictures(event)).toBe(true)
    expect(carriedPictures(event)).toEqual(['1', '2'])
    expect(carriesPictures(drag({ Files: '' }))).toBe(false)
    expect(carriedPictures(drag({ Files: '' }))).toEqual([])
  })

  test('are only ids, whatever another window sends', () => {
    const type = 'application/x-restage-pictures'
    expect(carriedPictures(drag({ [type]: '["1", 2, null]' }))).toEqual(['1'])
    expect(carriedPictures(drag({ [type]: '{"a": 1}' }))).toEqual([])
  })
})

describe('held images', () => {
  test('wait while the grid flies past, and come 120 ms after it rests', () => {
    vi.useFakeTimers()
    const scroller = document.createElement('div')
    Object.defineProperty(scroller, 'clientHeight', { value: 1000 })
    const held = useIn(() => useHeldImages(shallowRef(scroller)))
    const scroll = (to: number, time: number) => {
      scroller.scrollTop = to
      const event = new Event('scroll')
      Object.defineProperty(event, 'timeStamp', { value: time })
      scroller.dispatchEvent(event)
    }
    scroll(400, 1000)
    expect(held.value).toBe(false)
    scroll(3400, 1100)
    expect(held.value).toBe(true)
    vi.advanceTimersByTime(100)
    scroll(3500, 1200)
    vi.advanceTimersByTime(100)
    expect(held.value).toBe(true)
    vi.advanceTimersByTime(20)
    expect(held.value).toBe(false)
  })
})

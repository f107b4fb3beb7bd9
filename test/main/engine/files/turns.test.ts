// What a person waits for holds up background work until a while after it; background work that
// waits no longer than it must is let go all the same.
import { expect, it, vi } from 'vitest'
import { attend, background, lookFirst } from '../../../../main/engine/files/turns'

it('holds up background work while something is looked at and drawn, and then lets all go', async () => {
  vi.useFakeTimers()
  try {
    let finish: () => void = () => undefined
    const looking = lookFirst(() => new Promise<void>((resolve) => (finish = resolve)))
    const went: string[] = []
    void background().then(() => went.push('patient'))
    void background(1000).then(() => went.push('less so'))
    await vi.advanceTimersByTimeAsync(999)
    expect(went).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(went).toEqual(['less so'])
    finish()
    await looking
    attend()
    await vi.advanceTimersByTimeAsync(10)
    expect(went).toEqual(['less so'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(went).toEqual(['less so', 'patient'])
    await background()
  } finally {
    vi.useRealTimers()
  }
})

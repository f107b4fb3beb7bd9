// Work one after the other, and promises against the clock.
import { expect, it, vi } from 'vitest'
import { createSerialQueue } from '../../../../main/engine/files/serialQueue'
import { withTimeout } from '../../../../main/engine/files/withTimeout'

it('work begins when the work before it has ended, also where that failed', async () => {
  const queue = createSerialQueue()
  const events: string[] = []
  const work = (name: string, fails = false) =>
    queue.run(async () => {
      events.push(`${name} begins`)
      await Promise.resolve()
      events.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    })
  const failing = work('one', true)
  const following = work('two')
  await expect(failing).rejects.toThrow('one')
  await queue.settled()
  expect(events).toEqual(['one begins', 'one ends', 'two begins', 'two ends'])
  expect(await following).toBe('two')
})

it('a promise in time gives its value or its failure, a late one something else', async () => {
  vi.useFakeTimers()
  try {
    expect(await withTimeout(Promise.resolve('came'), 10, 'late')).toBe('came')
    await expect(withTimeout(Promise.reject(new Error('no')), 10, 'late')).rejects.toThrow('no')
    expect(vi.getTimerCount()).toBe(0)
    const answer = withTimeout(new Promise<string>(() => undefined), 10, 'late')
    await vi.advanceTimersByTimeAsync(10)
    expect(await answer).toBe('late')
  } finally {
    vi.useRealTimers()
  }
})

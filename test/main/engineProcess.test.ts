import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEngineProcess, type EngineChild } from '../../main/engineProcess'
import type { ToEngine } from '../../shared/messages'

class FakeChild extends EventEmitter implements EngineChild {
  readonly stdout = null
  readonly stderr = null
  readonly received: ToEngine[] = []
  postMessage(message: ToEngine) {
    this.received.push(message)
  }
  kill() {
    return this.emit('exit', 0)
  }
}

function engineUnderTest() {
  const children: FakeChild[] = []
  const onEvent = vi.fn()
  const engine = createEngineProcess({
    fork: () => {
      const child = new FakeChild()
      children.push(child)
      return child
    },
    onEvent,
    log: { info: () => undefined, error: () => undefined },
  })
  const latest = () => {
    const child = children.at(-1)
    if (!child) throw new Error('Not forked')
    return child
  }
  return { engine, children, latest, onEvent }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('engineProcess', () => {
  it('matches answers to requests by id', async () => {
    const { engine, latest } = engineUnderTest()
    engine.start()
    const first = engine.request('project.list', undefined)
    const second = engine.request('run.list', undefined)
    const [one, two] = latest().received
    latest().emit('message', { id: two?.id, answer: { ok: true, value: 'second' } })
    latest().emit('message', { id: one?.id, answer: { ok: true, value: 'first' } })
    expect(await first).toEqual({ ok: true, value: 'first' })
    expect(await second).toEqual({ ok: true, value: 'second' })
  })

  it('relays events', () => {
    const { engine, latest, onEvent } = engineUnderTest()
    engine.start()
    latest().emit('message', { event: 'run.event', payload: 1 })
    expect(onEvent).toHaveBeenCalledWith('run.event', 1)
  })

  it('fails what was under way at a crash, says so, and starts again', async () => {
    const { engine, children, latest, onEvent } = engineUnderTest()
    engine.start()
    const asked = engine.request('run.list', undefined)
    latest().emit('exit', 139)
    await expect(asked).rejects.toMatchObject({ code: 'engine-stopped' })
    expect(onEvent).toHaveBeenCalledWith(
      'engine.status',
      expect.objectContaining({ state: 'restarting' }),
    )
    expect(children).toHaveLength(1)
    vi.advanceTimersByTime(250)
    expect(children).toHaveLength(2)
  })

  it('keeps what is asked meanwhile for the next start', async () => {
    const { engine, latest } = engineUnderTest()
    engine.start()
    latest().emit('exit', 1)
    const asked = engine.request('run.list', undefined)
    vi.advanceTimersByTime(250)
    const [message] = latest().received
    latest().emit('message', { id: message?.id, answer: { ok: true, value: [] } })
    expect(await asked).toEqual({ ok: true, value: [] })
  })

  it('gives up after five crashes in a minute', async () => {
    const { engine, children, latest, onEvent } = engineUnderTest()
    engine.start()
    for (let crash = 1; crash <= 6; crash++) {
      latest().emit('exit', 1)
      vi.advanceTimersByTime(5000)
    }
    expect(children).toHaveLength(6)
    expect(onEvent).toHaveBeenLastCalledWith(
      'engine.status',
      expect.objectContaining({ state: 'failed' }),
    )
    await expect(engine.request('run.list', undefined)).rejects.toMatchObject({
      code: 'engine-stopped',
    })
  })

  it('does not count crashes of long ago', () => {
    const { engine, children, latest } = engineUnderTest()
    engine.start()
    for (let crash = 1; crash <= 20; crash++) {
      latest().emit('exit', 1)
      vi.advanceTimersByTime(61_000)
    }
    expect(children).toHaveLength(21)
  })

  it('asks for a shutdown, then ends the process, and does not start it again', async () => {
    const { engine, children, latest } = engineUnderTest()
    engine.start()
    const kill = vi.spyOn(latest(), 'kill')
    const stopped = engine.stop({ shutdown: 'engine.shutdown', patience: 3000 })
    const [message] = latest().received
    expect(message?.name).toBe('engine.shutdown')
    expect(kill).not.toHaveBeenCalled()
    latest().emit('message', { id: message?.id, answer: { ok: true, value: null } })
    await stopped
    expect(kill).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(60_000)
    expect(children).toHaveLength(1)
  })

  it('ends an engine that does not answer once patience is over', async () => {
    const { engine, latest } = engineUnderTest()
    engine.start()
    const kill = vi.spyOn(latest(), 'kill')
    const hanging = engine.request('evaluate.run', {})
    const refused = expect(hanging).rejects.toMatchObject({ code: 'engine-stopped' })
    const stopped = engine.stop({ shutdown: 'engine.shutdown', patience: 3000 })
    await vi.advanceTimersByTimeAsync(2999)
    expect(kill).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await stopped
    expect(kill).toHaveBeenCalledOnce()
    await refused
  })

  it('stops while it waits for a restart', async () => {
    const { engine, children, latest } = engineUnderTest()
    engine.start()
    latest().emit('exit', 1)
    await engine.stop({ shutdown: 'engine.shutdown', patience: 3000 })
    vi.advanceTimersByTime(60_000)
    expect(children).toHaveLength(1)
  })
})

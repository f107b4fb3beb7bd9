// While a run goes on nothing closes unasked, and every answer does what it says.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createAskEngine } from '../../main/askEngine'
import { createActiveRun } from '../../main/activeRun'
import { createClosing, type Then } from '../../main/closing'
import { trashRuns } from '../../main/trash'
import type { Answer } from '../../shared/contract'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Setting {
  runId?: string | null
  page?: 'lives' | 'hangs' | 'gone'
  native?: Then
}
function closingUnderTest({ runId = 'run-1', page = 'lives', native = 'stay' }: Setting = {}) {
  const state = { runId }
  const calls = {
    askInWindow: vi.fn(() =>
      page === 'hangs' ? new Promise<boolean>(() => undefined) : Promise.resolve(page === 'lives'),
    ),
    askNatively: vi.fn(() => Promise.resolve(native)),
    goToBackground: vi.fn(),
    hide: vi.fn(),
    quit: vi.fn(),
    stopRun: vi.fn(() => Promise.resolve()),
  }
  const closing = createClosing({
    ...calls,
    runId: () => state.runId,
    patience: { page: 10_000, run: 60_000 },
  })
  return { closing, state, ...calls }
}
const settle = () => vi.advanceTimersByTimeAsync(0)

it('closes at once without a run', () => {
  const { closing, askInWindow } = closingUnderTest({ runId: null })
  expect(closing.mayClose()).toBe(true)
  expect(askInWindow).not.toHaveBeenCalled()
})

it('asks the page and waits for as long as a person needs', async () => {
  const { closing, askInWindow, askNatively, quit } = closingUnderTest()
  expect(closing.mayClose()).toBe(false)
  expect(askInWindow).toHaveBeenCalledWith('run-1')
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(askNatively).not.toHaveBeenCalled()
  await closing.answer('stay')
  expect(quit).not.toHaveBeenCalled()
  expect(closing.mayClose()).toBe(false)
})

it('asks by a dialog of the system where the page hangs or is gone, and when asked again', async () => {
  const hanging = closingUnderTest({ page: 'hangs', native: 'pause' })
  hanging.closing.mayClose()
  await vi.advanceTimersByTimeAsync(9_999)
  expect(hanging.askNatively).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(hanging.quit).toHaveBeenCalledOnce()

  const gone = closingUnderTest({ page: 'gone', native: 'background' })
  gone.closing.mayClose()
  await settle()
  expect(gone.goToBackground).toHaveBeenCalledOnce()

  const twice = closingUnderTest({ native: 'stay' })
  twice.closing.mayClose()
  await settle()
  expect(twice.askNatively).not.toHaveBeenCalled()
  twice.closing.mayClose()
  await settle()
  expect(twice.askNatively).toHaveBeenCalledOnce()
})

it('pauses by quitting, and stops the run first where that was wanted', async () => {
  const paused = closingUnderTest()
  paused.closing.mayClose()
  await paused.closing.answer('pause')
  expect(paused.stopRun).not.toHaveBeenCalled()
  expect(paused.quit).toHaveBeenCalledOnce()
  expect(paused.closing.mayClose()).toBe(true)

  const stopped = closingUnderTest()
  const order: string[] = []
  stopped.stopRun.mockImplementation(() => Promise.resolve(void order.push('stopped')))
  stopped.quit.mockImplementation(() => order.push('quit'))
  stopped.closing.mayClose()
  await stopped.closing.answer('stop')
  expect(order).toEqual(['stopped', 'quit'])
})

it('quits in the end where the run does not', async () => {
  const { closing, stopRun, quit } = closingUnderTest()
  stopRun.mockImplementation(() => new Promise(() => undefined))
  closing.mayClose()
  void closing.answer('stop')
  await vi.advanceTimersByTimeAsync(59_999)
  expect(quit).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(quit).toHaveBeenCalledOnce()
})

it('does nothing on an answer that nobody asked for', async () => {
  const { closing, quit, goToBackground } = closingUnderTest()
  for (const then of ['background', 'pause', 'stop'] as const) await closing.answer(then)
  expect(quit).not.toHaveBeenCalled()
  expect(goToBackground).not.toHaveBeenCalled()
})

it('quits rather than hide where the run ended while it was asked', async () => {
  const { closing, state, quit, goToBackground } = closingUnderTest()
  closing.mayClose()
  state.runId = null
  await closing.answer('background')
  expect(goToBackground).not.toHaveBeenCalled()
  expect(quit).toHaveBeenCalledOnce()
})

it('does not ask when the computer shuts down', () => {
  const { closing, quit } = closingUnderTest()
  closing.closeNow()
  expect(quit).toHaveBeenCalledOnce()
  expect(closing.mayClose()).toBe(true)
})

it('knows the run that goes on, and asks after one that pauses', async () => {
  let active: string | null = 'run-1'
  const ask = vi.fn(() => Promise.resolve({ ok: true, value: { runId: active } } as const))
  const onEnd = vi.fn()
  const run = createActiveRun({ askEngine: createAskEngine(ask), onEnd })
  const event = (type: string, runId = 'run-1') => run.hear('run.event', { type, runId })
  event('step')
  expect(run.runId).toBe('run-1')
  event('paused')
  await settle()
  expect(run.runId).toBe('run-1')
  event('finished')
  expect([run.runId, onEnd.mock.calls.length]).toEqual([null, 1])

  // An engine that was started again tells of a run that rests, and goes on with none.
  active = null
  event('paused', 'run-2')
  await settle()
  expect(run.runId).toBeNull()
  active = 'run-3'
  run.hear('engine.status', { state: 'ready' })
  await settle()
  expect(run.runId).toBe('run-3')
})

function engineWith(active: string | null) {
  return (name: string, input: unknown): Promise<Answer<unknown>> => {
    const { runId } = (input ?? {}) as { runId: string }
    if (name === 'run.active') return Promise.resolve({ ok: true, value: { runId: active } })
    if (runId !== 'gone') return Promise.resolve({ ok: true, value: { path: `/runs/${runId}` } })
    const notThere = { code: 'run-missing', details: {}, message: '', hint: '' } as const
    return Promise.resolve({ ok: false, ...notThere })
  }
}

it('puts runs into the trash, but neither the one that goes on nor half of what was asked', async () => {
  const trashItem = vi.fn(() => Promise.resolve())
  await trashRuns(
    { runIds: ['a', 'b'] },
    { askEngine: createAskEngine(engineWith('c')), trashItem },
  )
  expect(trashItem.mock.calls).toEqual([['/runs/a'], ['/runs/b']])
  trashItem.mockClear()
  const refused = (runIds: string[], active: string | null) =>
    trashRuns({ runIds }, { askEngine: createAskEngine(engineWith(active)), trashItem })
  await expect(refused(['a', 'b'], 'b')).rejects.toMatchObject({ code: 'run-active' })
  await expect(refused(['a', 'gone'], null)).rejects.toMatchObject({ code: 'run-missing' })
  expect(trashItem).not.toHaveBeenCalled()
  trashItem.mockRejectedValue(new Error('no trash'))
  await expect(refused(['a'], null)).rejects.toMatchObject({
    code: 'trash-failed',
    details: { path: '/runs/a', reason: 'no trash' },
  })
})

import { describe, expect, it, vi } from 'vitest'
import { engineShutdown, postTo, serve, type Port } from '../../main/engine/port'
import type { EngineHandlers } from '../../shared/contract'
import { Failure } from '../../shared/failure'
import type { FromEngine } from '../../shared/messages'

function fakePort() {
  const posted: FromEngine[] = []
  let deliver: (message: { readonly data: unknown }) => void = () => undefined
  const port: Port = {
    on: (_event, listener) => {
      deliver = listener
    },
    postMessage: (message) => void posted.push(message),
  }
  return { port, posted, send: (data: unknown) => deliver({ data }) }
}

function serving(handlers: Partial<EngineHandlers> | Promise<EngineHandlers>) {
  const fake = fakePort()
  const logBug = vi.fn()
  const onShutdown = vi.fn()
  const promised =
    handlers instanceof Promise ? handlers : Promise.resolve(handlers as EngineHandlers)
  serve({ port: fake.port, handlers: promised, logBug, onShutdown })
  const ask = async (name: string, input: unknown) => {
    fake.send({ id: 7, name, input })
    await vi.waitFor(() => expect(fake.posted).toHaveLength(1))
    return fake.posted[0]
  }
  return { ...fake, ask, logBug, onShutdown }
}

describe('serve', () => {
  it('answers under the id of the request', async () => {
    const { ask } = serving({ 'run.folder': ({ runId }) => ({ path: runId }) })
    expect(await ask('run.folder', { runId: 'cat' })).toEqual({
      id: 7,
      answer: { ok: true, value: { path: 'cat' } },
    })
  })

  it('serves the internal calls too', async () => {
    const bytes = new Uint8Array([1])
    const { ask } = serving({ 'picture.preview': () => ({ bytes, type: 'image/png' }) })
    expect(await ask('picture.preview', { id: 'a1' })).toEqual({
      id: 7,
      answer: { ok: true, value: { bytes, type: 'image/png' } },
    })
  })

  it('keeps the code and details of a failure', async () => {
    const { ask, logBug } = serving({
      'run.pause': () => {
        throw new Failure('run-missing', { run: 'r1' })
      },
    })
    expect(await ask('run.pause', undefined)).toMatchObject({
      answer: {
        ok: false,
        code: 'run-missing',
        details: { run: 'r1' },
        message: 'There is no run r1.',
      },
    })
    expect(logBug).not.toHaveBeenCalled()
  })

  it('calls other errors a bug and logs them', async () => {
    const { ask, logBug } = serving({
      'run.pause': () => Promise.reject(new Error('x is undefined')),
    })
    expect(await ask('run.pause', undefined)).toMatchObject({ answer: { ok: false, code: 'bug' } })
    expect(logBug).toHaveBeenCalledOnce()
  })

  it('does not run a handler on input that does not fit', async () => {
    const handler = vi.fn()
    const { ask } = serving({ 'project.open': handler })
    expect(await ask('project.open', { id: 5 })).toMatchObject({
      answer: { ok: false, code: 'bad-input', details: { reason: expect.stringContaining('id') } },
    })
    expect(handler).not.toHaveBeenCalled()
  })

  it.each(['app.info', 'toString', 'no.such'])('does not answer %s', async (name) => {
    const { ask } = serving({})
    expect(await ask(name, undefined)).toMatchObject({ answer: { ok: false, code: 'bad-input' } })
  })

  it('answers every request with the failure to start', async () => {
    const { ask } = serving(Promise.reject(new Failure('engine-missing', { reason: 'no library' })))
    expect(await ask('run.pause', undefined)).toMatchObject({
      answer: { ok: false, code: 'engine-missing' },
    })
  })

  it('does not let a long request hold up a short one', async () => {
    let finish: (value: []) => void = () => undefined
    const { send, posted } = serving({
      'project.list': () =>
        new Promise<[]>((resolve) => {
          finish = resolve
        }),
      'run.pause': () => null,
    })
    send({ id: 1, name: 'project.list', input: undefined })
    send({ id: 2, name: 'run.pause', input: undefined })
    await vi.waitFor(() => expect(posted).toEqual([{ id: 2, answer: { ok: true, value: null } }]))
    finish([])
    await vi.waitFor(() => expect(posted).toHaveLength(2))
  })

  it('puts things in order when asked to shut down', async () => {
    const { ask, onShutdown } = serving({})
    expect(await ask(engineShutdown, undefined)).toEqual({
      id: 7,
      answer: { ok: true, value: null },
    })
    expect(onShutdown).toHaveBeenCalledOnce()
  })

  it('survives a message that is no request', async () => {
    const { ask, send, logBug } = serving({ 'run.pause': () => null })
    send('hello')
    expect(logBug).toHaveBeenCalledOnce()
    expect(await ask('run.pause', undefined)).toMatchObject({ answer: { ok: true } })
  })
})

describe('postTo', () => {
  it('posts events without an id', () => {
    const { port, posted } = fakePort()
    postTo(port)('dataset.progress', { phase: 'idle', done: 1, total: 1 })
    expect(posted).toEqual([
      { event: 'dataset.progress', payload: { phase: 'idle', done: 1, total: 1 } },
    ])
  })
})

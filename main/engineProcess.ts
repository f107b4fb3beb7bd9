// Starts the engine, asks it by id, relays its events, and starts it again when it crashes: after a
// growing pause, at most five times a minute, then it stays down until the app is started anew.
// Requests made while it is down wait for the next start; those it was working on fail with
// 'engine-stopped', for nobody knows how far they came. How a process is forked is passed in, so
// that this runs without Electron in tests.
import type { Answer, EventName } from '../shared/contract'
import type { EngineStatus } from '../shared/device'
import { Failure } from '../shared/failure'
import { reason, type Reason } from '../shared/reason'
import type { FromEngine, ToEngine } from '../shared/messages'
import { withTimeout } from './engine/files/withTimeout'

/** As much of Electron's UtilityProcess as is needed here. */
export interface EngineChild {
  readonly stdout: NodeJS.ReadableStream | null
  readonly stderr: NodeJS.ReadableStream | null
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
  postMessage(message: ToEngine): void
  kill(): boolean
}

export interface EngineProcessOptions {
  /** `again`: after a crash. */
  readonly fork: (again: boolean) => EngineChild
  readonly onEvent: (event: EventName, payload: unknown) => void
  readonly log: { info(text: string): void; error(text: string): void }
}

export interface EngineProcess {
  start(): void
  /** Rejects only with Failure 'engine-stopped'; all else is in the answer. */
  request(name: string, input: unknown): Promise<Answer<unknown>>
  /** Asks the engine to put things in order, ends it after at most `patience` milliseconds. */
  stop(options: { readonly shutdown: string; readonly patience: number }): Promise<void>
}

interface Pending {
  readonly message: ToEngine
  readonly resolve: (answer: Answer<unknown>) => void
  readonly reject: (failure: Failure) => void
  sent: boolean
}

const crashesAllowed = 5
const crashWindow = 60_000
const firstPause = 250

export function createEngineProcess({ fork, onEvent, log }: EngineProcessOptions): EngineProcess {
  const pending = new Map<number, Pending>()
  let child: EngineChild | null = null
  let crashes: readonly number[] = []
  let state: 'up' | 'waiting' | 'given-up' | 'stopping' = 'waiting'
  let lastId = 0
  let restart: NodeJS.Timeout | undefined

  function start(): void {
    const started = fork(crashes.length > 0)
    child = started
    state = 'up'
    pipeLines(started.stdout, (line) => log.info(line))
    pipeLines(started.stderr, (line) => log.error(line))
    started.on('message', (message) => receive(message as FromEngine))
    started.on('exit', (code) => exited(started, code))
    for (const request of pending.values()) send(request)
  }

  function send(request: Pending): void {
    if (!child) return
    request.sent = true
    child.postMessage(request.message)
  }

  function receive(message: FromEngine): void {
    if ('event' in message) return onEvent(message.event, message.payload)
    pending.get(message.id)?.resolve(message.answer)
    pending.delete(message.id)
  }

  function exited(which: EngineChild, code: number): void {
    if (which !== child) return
    child = null
    if (state === 'stopping') return rejectPending(() => true)
    log.error(`The engine ended with code ${code}`)
    rejectPending((request) => request.sent)
    const now = Date.now()
    crashes = [...crashes.filter((time) => now - time < crashWindow), now]
    if (crashes.length > crashesAllowed) {
      state = 'given-up'
      rejectPending(() => true)
      return onEvent('engine.status', statusWhile('failed', reason('exit-code', { code })))
    }
    state = 'waiting'
    onEvent('engine.status', statusWhile('restarting'))
    restart = setTimeout(start, firstPause * 2 ** (crashes.length - 1))
  }

  function rejectPending(which: (request: Pending) => boolean): void {
    for (const [id, request] of pending) {
      if (!which(request)) continue
      pending.delete(id)
      request.reject(new Failure('engine-stopped'))
    }
  }

  function request(name: string, input: unknown): Promise<Answer<unknown>> {
    if (state === 'given-up' || state === 'stopping') {
      return Promise.reject(new Failure('engine-stopped'))
    }
    const id = ++lastId
    return new Promise((resolve, reject) => {
      const asked: Pending = { message: { id, name, input }, resolve, reject, sent: false }
      pending.set(id, asked)
      send(asked)
    })
  }

  async function stop({ shutdown, patience }: { shutdown: string; patience: number }) {
    clearTimeout(restart)
    const running = child
    if (!running) {
      state = 'stopping'
      return rejectPending(() => true)
    }
    const asked = request(shutdown, undefined).catch(() => undefined)
    state = 'stopping'
    await withTimeout(asked, patience, undefined)
    if (child !== running) return
    const gone = new Promise<void>((resolve) => running.on('exit', () => resolve()))
    running.kill()
    await withTimeout(gone, 1000, undefined)
  }

  return { start, request, stop }
}

const statusWhile = (state: 'restarting' | 'failed', ...problems: Reason[]): EngineStatus => ({
  state,
  reasons: [],
  selfCheck: null,
  problems,
  engine: '',
  device: { kind: 'cpu', name: '' },
  precision: 'float32',
  threads: 0,
  memoryBytes: 0,
  versions: {},
})

/** The last line of a stream that ends without a newline is passed on too: it tells of the crash. */
function pipeLines(stream: NodeJS.ReadableStream | null, take: (line: string) => void): void {
  let rest = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string | Buffer) => {
    const lines = (rest + String(chunk)).split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) if (line) take(line)
  })
  stream?.on('end', () => {
    if (rest) take(rest)
  })
}

// The engine's side of the port to main. A request's input is parsed with the contract's schema, its
// handler runs, and exactly one Answer goes back under the same id, whatever happens. Requests run
// side by side: a long one must not hold up the thumbnails.
import {
  calls,
  internalCalls,
  type Answer,
  type EngineHandlers,
  type Post,
} from '../../shared/contract'
import { failed, succeeded } from '../../shared/answer'
import { Failure } from '../../shared/failure'
import type { FromEngine, ToEngine } from '../../shared/messages'
import type { z } from 'zod'

/** Not in the contract, for no window may ask for it. */
export const engineShutdown = 'engine.shutdown'

/** Argument of an engine that is started after a crash. */
export const startedAgain = '--again'

/** As much of Electron's process.parentPort as the engine needs. */
export interface Port {
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): unknown
  postMessage(message: FromEngine): void
}

export interface ServeOptions {
  readonly port: Port
  /** While it is pending, requests wait; where it fails, each of them is answered with the failure. */
  readonly handlers: Promise<EngineHandlers>
  /** Asked once, before the process ends; may take a moment to put things in order. */
  readonly onShutdown?: () => void | Promise<void>
  readonly logBug?: (name: string, error: unknown) => void
}

export const postTo =
  (port: Port): Post =>
  (event, payload) =>
    port.postMessage({ event, payload })

export function serve({ port, handlers, onShutdown, logBug = logToStderr }: ServeOptions): void {
  // Each request reports a failed start on its own; without this it would also count as unhandled.
  handlers.catch(() => undefined)

  const answer = async (name: string, input: unknown): Promise<Answer<unknown>> => {
    try {
      if (name === engineShutdown) return succeeded((await onShutdown?.()) ?? null)
      const definition = definitionOf(name)
      const parsed: unknown = definition.input.parse(input)
      const handler = (await handlers)[definition.name] as (input: unknown) => unknown
      return succeeded(await handler(parsed))
    } catch (error) {
      const notOk = failed(error)
      if (notOk.code === 'bug') logBug(name, error)
      return notOk
    }
  }

  port.on('message', ({ data }) => {
    if (!isRequest(data)) return logBug('port', new Error('A message that is no request'))
    const { id, name, input } = data
    void answer(name, input).then((result) => port.postMessage({ id, answer: result }))
  })
}

const definitions: Readonly<Record<string, { readonly by: string; readonly input: z.ZodType }>> = {
  ...calls,
  ...internalCalls,
}

function definitionOf(name: string) {
  const definition = Object.prototype.hasOwnProperty.call(definitions, name)
    ? definitions[name]
    : undefined
  if (definition?.by !== 'engine')
    throw new Failure('bad-input', { reason: `No call named ${name}` })
  return { name: name as keyof EngineHandlers, input: definition.input }
}

function isRequest(data: unknown): data is ToEngine {
  if (typeof data !== 'object' || data === null) return false
  const { id, name } = data as Partial<ToEngine>
  return typeof id === 'number' && typeof name === 'string'
}

const logToStderr = (name: string, error: unknown) => {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${name}: ${stack}\n`)
}

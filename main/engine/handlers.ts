// Stands in until the real handlers are written: every call fails with 'engine-missing'.
import { calls, internalCalls } from '../../shared/contract'
import { Failure } from '../../shared/failure'
import type { EngineHandlers, Post } from './port'

interface HandlerOptions {
  readonly home: string
  readonly assets: string
  readonly post: Post
}

export function createHandlers(options: HandlerOptions): Promise<EngineHandlers> {
  const missing = () => {
    throw new Failure('engine-missing', { reason: `no handlers yet for ${options.home}` })
  }
  const names = [...Object.keys(calls), ...Object.keys(internalCalls)]
  return Promise.resolve(Object.fromEntries(names.map(name => [name, missing])) as unknown as EngineHandlers)
}

// Every call and every event between the window, the main process and the engine, composed of one file a
// domain. Channel names, the preload api, the router and the handler types are derived from these values;
// adding a call to a domain makes the compiler ask for its handler.
import type { z } from 'zod'
import type { FailureCode, FailureDetails } from '../failure'
import type { Answerer } from './call'
import { appCalls, appEvents } from './app'
import { datasetCalls, datasetEvents } from './dataset'
import { evaluateCalls } from './evaluate'
import { exportCalls } from './export'
import { pictureInternalCalls } from './picture'
import { projectCalls, projectEvents } from './project'
import { runCalls, runInternalCalls, runEvents } from './run'
import { suggestCalls, suggestEvents } from './suggest'
import { weightsCalls, weightsEvents } from './weights'

export type { Answerer } from './call'
export { ProjectSummary, ToldFailure } from './project'

export const calls = {
  ...appCalls,
  ...projectCalls,
  ...datasetCalls,
  ...suggestCalls,
  ...weightsCalls,
  ...runCalls,
  ...evaluateCalls,
  ...exportCalls,
} as const

/** What only the main process may ask the engine. */
export const internalCalls = {
  ...runInternalCalls,
  ...pictureInternalCalls,
} as const

export const events = {
  ...appEvents,
  ...projectEvents,
  ...datasetEvents,
  ...suggestEvents,
  ...weightsEvents,
  ...runEvents,
} as const

export type CallName = keyof typeof calls
export type EventName = keyof typeof events
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>
export type EventPayload<N extends EventName> = z.output<(typeof events)[N]>

export type CallsBy<A extends Answerer> = {
  [N in CallName]: (typeof calls)[N]['by'] extends A ? N : never
}[CallName]
export type Handlers<N extends CallName = CallName> = {
  readonly [K in N]: (
    input: z.output<(typeof calls)[K]['input']>,
  ) => CallOutput<K> | Promise<CallOutput<K>>
}

/** What the engine answers to main alone. */
export type InternalHandlers = {
  readonly [K in keyof typeof internalCalls]: (
    input: z.output<(typeof internalCalls)[K]['input']>,
  ) =>
    | z.output<(typeof internalCalls)[K]['output']>
    | Promise<z.output<(typeof internalCalls)[K]['output']>>
}
export type EngineHandlers = Handlers<CallsBy<'engine'>> & InternalHandlers

/** How the engine tells the window of something. */
export type Post = <N extends EventName>(event: N, payload: EventPayload<N>) => void

/** Every answer that crosses a process boundary. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly code: FailureCode | 'bug'
      readonly details: FailureDetails
      readonly message: string
      readonly hint: string
    }

/** What preload puts on `window.restage`; the renderer knows nothing else of the outside. */
export interface Api {
  call<N extends CallName>(
    name: N,
    ...input: CallInput<N> extends undefined ? [] : [CallInput<N>]
  ): Promise<Answer<CallOutput<N>>>
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void
  /** Real paths of dropped or pasted files, granted to the app from then on. */
  pathsOf(files: readonly unknown[]): readonly string[]
}

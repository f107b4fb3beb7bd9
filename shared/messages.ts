// What travels on the port between main and the engine. Requests carry an id; an answer repeats it.
import type { Answer, EventName } from './contract'

export type ToEngine = { readonly id: number; readonly name: string; readonly input: unknown }
export type FromEngine =
  | { readonly id: number; readonly answer: Answer<unknown> }
  | { readonly event: EventName; readonly payload: unknown }

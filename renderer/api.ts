// The interface's only door to the outside: typed calls that throw what went wrong, and events.
// Nothing else in renderer/ reads `window.restage`.
import type {
  Answer,
  Api,
  CallInput,
  CallName,
  CallOutput,
  EventName,
  EventPayload,
} from '../shared/contract'

declare global {
  interface Window {
    readonly restage: Api
  }
}

type NotOk = Extract<Answer<unknown>, { readonly ok: false }>

/** What a call came back with when it did not succeed. `code` chooses the wording on screen and
 *  `details` fills it; `message` and `hint` are the English of it, for logs and for 'bug'. */
export class CallFailed extends Error {
  readonly code: NotOk['code']
  readonly details: NotOk['details']
  readonly hint: string
  constructor({ code, details, message, hint }: NotOk) {
    super(message)
    this.name = 'CallFailed'
    this.code = code
    this.details = details
    this.hint = hint
  }
}

/** Throws CallFailed for an answer that is not ok. */
export async function call<N extends CallName>(
  name: N,
  ...input: CallInput<N> extends undefined ? [] : [CallInput<N>]
): Promise<CallOutput<N>> {
  const answer = await window.restage.call(name, ...input)
  if (!answer.ok) throw new CallFailed(answer)
  return answer.value
}

/** Answers with a function that ends the listening. */
export const on = <N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void) =>
  window.restage.on(name, listener)

/** Paths of dropped or pasted files; those that only exist in memory have none and are left out. */
export const pathsOf = (files: readonly File[]) => window.restage.pathsOf(files)

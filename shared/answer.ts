// Turns what a handler returned or threw into an Answer, the one shape that crosses a process
// boundary. Only a Failure keeps its code; input that does not fit its schema is 'bad-input', and
// everything else is a bug whose stack the caller has to log, because it does not travel.
import { z } from 'zod'
import type { Answer } from './contract'
import { describeFailure, Failure, type FailureCode, type FailureDetails } from './failure'

export type NotOk = Extract<Answer<unknown>, { readonly ok: false }>

export const succeeded = <T>(value: T): Answer<T> => ({ ok: true, value })

/** Never throws, whatever was thrown. */
export function failed(error: unknown): NotOk {
  if (error instanceof Failure) return notOk(error.code, error.details)
  if (error instanceof z.ZodError) return notOk('bad-input', { reason: reasonOf(error) })
  return {
    ok: false,
    code: 'bug',
    details: { reason: error instanceof Error ? error.message : String(error) },
    message: 'Something went wrong inside Restage.',
    hint: 'Try again; what happened is in the log.',
  }
}

const notOk = (code: FailureCode, details: FailureDetails): NotOk => ({
  ok: false,
  code,
  details,
  ...describeFailure(code, details),
})

const reasonOf = (error: z.ZodError) =>
  error.issues
    .slice(0, 3)
    .map((issue) => [issue.path.map(String).join('.'), issue.message].filter(Boolean).join(': '))
    .join('; ')

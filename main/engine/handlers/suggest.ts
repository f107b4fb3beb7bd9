import type { CallsBy, Handlers } from '../../../shared/contract'
import type { EngineContext } from './context'
import { done } from './done'

type Own = Handlers<Extract<CallsBy<'engine'>, `suggest.${string}`>>

export const suggestHandlers = ({ suggester }: EngineContext): Own => ({
  'suggest.prepare': ({ weights }) => suggester.prepare(weights),
  'suggest.cancel': () => done(suggester.cancel()),
  'suggest.state': () => suggester.state,
  'suggest.similar': ({ picture, limit }) => suggester.similar(picture, limit),
  'suggest.labels': ({ threshold }) => suggester.labels(threshold),
  'suggest.next': async ({ count }) => ({ pictures: await suggester.next(count) }),
})

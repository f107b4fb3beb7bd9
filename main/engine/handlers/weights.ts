import type { CallsBy, Handlers } from '../../../shared/contract'
import type { EngineContext } from './context'
import { buildNetwork } from '../network/family'
import { pictureOf } from '../network/networkPicture'
import { done } from './done'

type Own = Handlers<Extract<CallsBy<'engine'>, `${'network' | 'weights'}.${string}`>>

export const weightsHandlers = ({ shelf }: EngineContext): Own => ({
  'network.describe': ({ classes, ...options }) =>
    pictureOf(buildNetwork({ ...options, classes }), classes),
  'weights.list': () => shelf.list(),
  'weights.inspect': ({ path }) => shelf.inspect(path),
  'weights.download': ({ id }) => done(shelf.download(id)),
  'weights.cancel': ({ id }) => done(shelf.cancel(id)),
})

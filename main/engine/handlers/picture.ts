import type { EngineContext } from './context'
import { previewOf } from '../pictures/preview'
import type { InternalHandlers } from '../../../shared/contract'

type Own = Pick<InternalHandlers, Extract<keyof InternalHandlers, `picture.${string}`>>

export const pictureHandlers = ({ projects, thumbnails }: EngineContext): Own => ({
  'picture.thumbnail': async ({ id, size }) => ({
    bytes: new Uint8Array(await thumbnails.get(projects.dataset.picture(id), size)),
    type: 'image/webp',
  }),
  'picture.path': ({ id }) => ({ path: projects.dataset.picture(id).path }),
  'picture.preview': ({ id }) => previewOf(projects.dataset.picture(id).path),
})

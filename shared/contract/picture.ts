// Calls and events about the bytes behind appimage://.
import { z } from 'zod'
import { PictureId } from '../dataset'
import { call, path } from './call'

/** What only the main process may ask the engine. */
export const pictureInternalCalls = {
  'picture.path': call({
    by: 'engine',
    input: z.object({ id: PictureId }),
    output: z.object({ path }),
  }),
  'picture.thumbnail': call({
    by: 'engine',
    input: z.object({ id: PictureId, size: z.number().int().min(32).max(1024) }),
    output: z.object({ bytes: z.instanceof(Uint8Array), type: z.string() }),
  }),
  'picture.preview': call({
    by: 'engine',
    input: z.object({ id: PictureId }),
    output: z.object({ bytes: z.instanceof(Uint8Array), type: z.string() }),
  }),
} as const

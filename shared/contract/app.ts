// Calls and events about the app itself, its engine and its caches.
import { z } from 'zod'
import { PictureId } from '../dataset'
import { EngineStatus } from '../device'
import { call, none, nothing, runId, path } from './call'

export const appCalls = {
  'app.info': call({
    by: 'main',
    input: none,
    output: z.object({ version: z.string(), electron: z.string(), platform: z.string() }),
  }),
  'app.choose': call({
    by: 'main',
    input: z.object({
      what: z.enum(['photos', 'folder', 'labels', 'weights', 'picture', 'export-folder']),
    }),
    output: z.object({ paths: z.array(path) }),
  }),
  /** The answer to 'app.closing': go on without a window, put the run to rest (it can be continued
   *  later), end it, or keep the window. */
  'app.close': call({
    by: 'main',
    input: z.object({ then: z.enum(['background', 'pause', 'stop', 'stay']) }),
    output: nothing,
  }),
  'app.showInFolder': call({
    by: 'main',
    // A photo of the project is named by its id: it was granted when it was added, maybe before a restart.
    input: z.union([z.object({ path }), z.object({ picture: PictureId })]),
    output: nothing,
    paths: (input) => ('path' in input ? [input.path] : []),
  }),
  'engine.status': call({ by: 'engine', input: none, output: EngineStatus }),
  /** Features of frozen stages that are kept on disk. */
  'cache.use': call({
    by: 'engine',
    input: none,
    output: z.object({ bytes: z.number(), limit: z.number() }),
  }),
  'cache.clear': call({ by: 'engine', input: none, output: nothing }),
} as const

export const appEvents = {
  'engine.status': EngineStatus,
  /** The person closed the window while a run goes on. */
  'app.closing': z.object({ runId }),
} as const

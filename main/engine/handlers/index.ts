// What the engine answers: each call of the contract to the part that knows. No logic of its own.
import type { Post } from '../../../shared/contract'
import { createContext } from './context'
import type { EngineHandlers } from '../../../shared/contract'
import { appHandlers } from './app'
import { datasetHandlers } from './dataset'
import { evaluateHandlers } from './evaluate'
import { exportHandlers } from './export'
import { pictureHandlers } from './picture'
import { projectHandlers } from './project'
import { runHandlers } from './run'
import { suggestHandlers } from './suggest'
import { weightsHandlers } from './weights'

export interface HandlerOptions {
  readonly home: string
  readonly assets: string
  readonly post: Post
  /** The engine crashed and was started again. */
  readonly again?: boolean
}

export async function createHandlers({
  home: folder,
  assets,
  post,
  again = false,
}: HandlerOptions): Promise<EngineHandlers> {
  const context = createContext({ home: { folder, assets }, post })
  await context.projects.openLatest({ again })
  const app = appHandlers(context)
  // A window asks, once it has its pictures; one that was there before a crash does not.
  if (again) void app['engine.status'](undefined)
  return {
    ...app,
    ...projectHandlers(context),
    ...datasetHandlers(context),
    ...suggestHandlers(context),
    ...weightsHandlers(context),
    ...runHandlers(context),
    ...evaluateHandlers(context),
    ...exportHandlers(context),
    ...pictureHandlers(context),
  }
}

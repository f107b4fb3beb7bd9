// The engine's handlers on a home of the test's own, with leaves drawn into its project.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { createHandlers } from '../../../../main/engine/handlers'
import { RunConfig, type RunRequest } from '../../../../shared/runConfig'
import type { RunEvent } from '../../../../shared/runEvents'
import type { QueueItem } from '../../../../shared/runList'
import { assets } from '../training/leafRun'

/** Trains in a second or two. */
export const tiny = (request: RunRequest = {}) =>
  RunConfig.parse({
    ...{ weights: null, architecture: 'resnet20', size: 32, batch: 4, epochs: 3 },
    ...{ frozen: ['stem', 'layer1', 'layer2'], precision: 'float32' },
    ...request,
  })

export async function openEngine(folder: string, { again = false } = {}) {
  mkdirSync(join(folder, 'cache'), { recursive: true })
  const events: RunEvent[] = []
  const listeners = new Set<(event: RunEvent) => void>()
  let queue: QueueItem[] = []
  const handlers = await createHandlers({
    home: folder,
    assets,
    again,
    post: (name, payload) => {
      if (name === 'queue.changed') queue = payload as QueueItem[]
      if (name !== 'run.event') return
      events.push(payload as RunEvent)
      for (const listener of listeners) listener(payload as RunEvent)
    },
  })
  // As a window does: only then goes on what was cut off.
  await handlers['engine.status'](undefined)
  /** Resolves with the next event that fits, at once. */
  const next = (fits: (event: RunEvent) => boolean) =>
    new Promise<RunEvent>((resolve) => {
      const listener = (event: RunEvent) => {
        if (!fits(event)) return
        listeners.delete(listener)
        resolve(event)
      }
      listeners.add(listener)
    })
  return { handlers, events, next, queue: () => queue }
}
export type OpenEngine = Awaited<ReturnType<typeof openEngine>>

export async function addLeaves({ handlers }: OpenEngine, root: string) {
  const folder = join(root, 'leaves')
  await drawLeaves(folder, { perClass: 6, size: 48 })
  await handlers['dataset.add']({ paths: [folder], classId: null, layout: null })
}

export const ofType =
  (...types: RunEvent['type'][]) =>
  (event: RunEvent) =>
    types.includes(event.type)

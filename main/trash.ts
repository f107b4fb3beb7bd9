// Puts runs into the system's trash. Where there is none, nothing is deleted.
import type { CallInput } from '../shared/contract'
import { Failure } from '../shared/failure'
import type { AskEngine } from './askEngine'

interface TrashOptions {
  readonly askEngine: AskEngine
  /** As Electron's shell.trashItem: rejects where it could not. */
  readonly trashItem: (path: string) => Promise<void>
}

/** All or, where one cannot be moved, those before it. @throws {Failure} run-active,
 *  run-missing, trash-failed */
export async function trashRuns(
  { runIds }: CallInput<'run.trash'>,
  { askEngine, trashItem }: TrashOptions,
): Promise<null> {
  const { runId } = await askEngine('run.active', undefined)
  if (runId !== null && runIds.includes(runId)) throw new Failure('run-active')
  const folders: string[] = []
  for (const id of runIds) {
    folders.push((await askEngine('run.folder', { runId: id })).path)
  }
  for (const path of folders) {
    await trashItem(path).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Failure('trash-failed', { path, reason })
    })
  }
  return null
}

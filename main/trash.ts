// Puts runs into the system's trash. Where there is none, nothing is deleted.
import type { Answer, CallInput } from '../shared/contract'
import { internalCalls } from '../shared/contract'
import { isFailureCode } from '../shared/failure'
import { Failure } from '../shared/failure'

interface TrashOptions {
  readonly ask: (name: string, input: unknown) => Promise<Answer<unknown>>
  /** As Electron's shell.trashItem: rejects where it could not. */
  readonly trashItem: (path: string) => Promise<void>
}

/** All or, where one cannot be moved, those before it. @throws Failure run-active, run-missing,
 *  trash-failed */
export async function trashRuns(
  { runIds }: CallInput<'run.trash'>,
  { ask, trashItem }: TrashOptions,
): Promise<null> {
  const { runId } = internalCalls['run.active'].output.parse(
    valueOf(await ask('run.active', undefined)),
  )
  if (runId !== null && runIds.includes(runId)) throw new Failure('run-active')
  const folders: string[] = []
  for (const id of runIds) {
    const answer = await ask('run.folder', { runId: id })
    folders.push(internalCalls['run.folder'].output.parse(valueOf(answer)).path)
  }
  for (const path of folders) {
    await trashItem(path).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Failure('trash-failed', { path, reason })
    })
  }
  return null
}

function valueOf(answer: Answer<unknown>): unknown {
  if (answer.ok) return answer.value
  if (isFailureCode(answer.code)) throw new Failure(answer.code, answer.details)
  throw new Error(answer.message)
}

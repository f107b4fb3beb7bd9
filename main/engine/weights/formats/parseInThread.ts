// Parses a file of weights in a thread of its own with limits of time and of memory for its objects.
// Numbers lie outside of that memory; the parsers bound them by the size of the file. So a file that
// gets past the bounds of a parser ends its thread and neither the engine nor a training run.
import { Worker } from 'node:worker_threads'
import { Failure, type FailureCode, type FailureDetails } from '../../../../shared/failure'
import { reason, type ReasonCode } from '../../../../shared/reason'
import type { BytesToParse } from './parseWeights'
import type { ParsedWeights } from './weightsFile'

export type ThreadAnswer =
  | { readonly parsed: ParsedWeights }
  | { readonly failure: { readonly code: FailureCode; readonly details: FailureDetails } }

interface Limits {
  /** Milliseconds. */
  readonly time: number
  readonly megabytes: number
}

/** ResNet-152 takes about a second. */
const usualLimits: Limits = { time: 60_000, megabytes: 512 }

/**
 * `worker` is the bundle of weightsWorker.ts. The bytes are given away, not copied: they must not be
 * used afterwards.
 * @throws {Failure} as parseWeights; weights-format also where a limit is exceeded
 */
export async function parseInThread(
  worker: URL,
  { format, bytes, path }: BytesToParse,
  { time, megabytes }: Limits = usualLimits,
): Promise<ParsedWeights> {
  const thread = new Worker(worker, {
    workerData: { format, bytes, path },
    transferList: [bytes.buffer as ArrayBuffer],
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
    stdout: true,
    stderr: true,
  })
  // What the HDF5 library prints about damaged files is for programmers.
  thread.stdout.resume()
  thread.stderr.resume()
  const refused = (code: ReasonCode) =>
    new Failure('weights-format', { path, reason: reason(code) })
  let timer: NodeJS.Timeout | undefined
  try {
    const answer = await new Promise<ThreadAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(refused('reading-slow')), time)
      thread.once('message', resolve)
      thread.once('exit', () => reject(new Error('The parsing thread ended without an answer')))
      thread.once('error', (error: NodeJS.ErrnoException) => {
        const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        reject(outOfMemory ? refused('reading-memory') : error)
      })
    })
    if ('parsed' in answer) return answer.parsed
    throw new Failure(answer.failure.code, answer.failure.details)
  } finally {
    clearTimeout(timer)
    thread.on('error', () => undefined)
    await thread.terminate()
  }
}

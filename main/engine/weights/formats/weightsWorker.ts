// The thread in which one file of weights is parsed: its bytes come as workerData, and what was found
// or why it failed goes back as the only message.
import { parentPort, workerData } from 'node:worker_threads'
import { Failure } from '../../../../shared/failure'
import type { ThreadAnswer } from './parseInThread'
import { parseWeights, type BytesToParse } from './parseWeights'

const answer = (message: ThreadAnswer, buffers: readonly ArrayBuffer[] = []) =>
  parentPort?.postMessage(message, [...buffers])

parseWeights(workerData as BytesToParse).then(
  (parsed) => {
    const buffers = [...parsed.tensors.values()].map(({ data }) => data.buffer as ArrayBuffer)
    answer({ parsed }, [...new Set(buffers)])
  },
  (error: unknown) => {
    if (!(error instanceof Failure)) throw error
    answer({ failure: { code: error.code, details: error.details } })
  },
)

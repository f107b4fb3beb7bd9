// Runs a graph: writes it as a SavedModel into a temporary folder, loads it once and removes the
// folder again. All signatures run in one TensorFlow session, and so on the same variables.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend'
import { Failure } from '../../../shared/failure'
import type { Graph, Signature, Value } from '../graph/graph'
import { loadTensorflow } from './load'
import { encodeSavedModel } from './savedModel'

/** Data for each placeholder. Its length gives the batch size, where the shape has one. */
export type Feeds = Readonly<Record<string, Float32Array | Int32Array>>
type Results<S extends string> = Readonly<Record<S, Float32Array | Int32Array>>

export interface Session {
  /** Runs one signature, blocking this thread until it is done. @throws {Failure} out-of-memory */
  run<S extends string = string>(signature: string, feeds: Feeds): Results<S>
  dispose(): void
}

let target: 'cpu' | 'default' = 'default'

/** Where graphs that are opened from now on compute: TensorFlow's choice (a GPU where it sees one),
 *  or always the CPU. Returns the previous setting. */
export function computeOn(where: 'cpu' | 'default') {
  const before = target
  target = where
  return before
}

/** Description of an input or output in tfjs-node's form. */
const info = ({ ref, dtype, shape }: Value) => ({
  name: ref.replace(/:0$/, ''),
  dtype: dtype === 'int32' ? ('int32' as const) : ('float32' as const),
  shape: [...shape],
})

/** The placeholder's shape with its batch size (-1, only ever first) computed. */
function shapeOf(data: Float32Array | Int32Array, { shape }: Value): number[] {
  const each = shape.reduce((product, side) => (side === -1 ? product : product * side), 1)
  return shape.map((side) => (side === -1 ? data.length / each : side))
}

export async function openSession(
  graph: Graph,
  signatures: Readonly<Record<string, Signature>>,
): Promise<Session> {
  const tf = await loadTensorflow()
  const backend = tf.backend() as NodeJSKernelBackend
  const folder = mkdtempSync(join(tmpdir(), 'restage-graph-'))
  let id: number
  try {
    writeFileSync(
      join(folder, 'saved_model.pb'),
      encodeSavedModel(graph, target === 'cpu' ? '/device:CPU:0' : ''),
    )
    id = backend.loadSavedModelMetaGraph(folder, 'serve')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    run(signature, feeds) {
      const { inputs, outputs } = signatures[signature]!
      const fed = Object.entries(feeds).map(([name, data]) => {
        const value = inputs[name]!
        const type = data instanceof Int32Array ? 'int32' : 'float32'
        return { value, tensor: tf.tensor(data, shapeOf(data, value), type) }
      })
      try {
        const results = backend.runSavedModel(
          id,
          fed.map(({ tensor }) => tensor),
          fed.map(({ value }) => info(value) as never),
          Object.values(outputs).map((value) => info(value).name),
        )
        const names = Object.keys(outputs)
        const read = results.map((tensor, i) => [names[i]!, tensor.dataSync()] as const)
        tf.dispose(results)
        return Object.fromEntries(read) as never
      } catch (error) {
        throw asFailure(error)
      } finally {
        tf.dispose(fed.map(({ tensor }) => tensor))
      }
    },
    dispose: () => backend.deleteSavedModel(id),
  }
}

/** A copy whose memory TensorFlow cannot share, for values that a variable keeps. TensorFlow shares an
 *  array's memory if it is aligned to 64 bytes, as Electron's often is, and releases it later from any
 *  of its threads. V8 allows release from its own thread only; otherwise memory is corrupted. This
 *  copy is misaligned by 4 bytes, so TensorFlow copies it again. */
export function unshared(data: Float32Array): Float32Array {
  const copy = new Float32Array(new ArrayBuffer(data.byteLength + 4), 4)
  copy.set(data)
  return copy
}

/** TensorFlow's RESOURCE_EXHAUSTED, as its allocators of GPU and host word it. */
function asFailure(error: unknown): unknown {
  const reason = error instanceof Error ? error.message : String(error)
  return /OOM when allocating|RESOURCE_EXHAUSTED|Resource exhausted|out of memory/i.test(reason)
    ? new Failure('out-of-memory', { reason: reason.split('\n')[0]!.slice(0, 200) })
    : error
}

// Runs a graph: writes it as a SavedModel into a temporary folder, loads its signatures (which share
// one TensorFlow session and so the same variables) and removes the folder again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NamedTensorMap } from '@tensorflow/tfjs-core'
import type { Graph, Signature } from './graph'
import { encodeSavedModel } from './savedModel'
import { loadTensorflow } from './tensorflow'

/** Data for a placeholder, with its shape. */
export interface Feed {
  readonly data: Float32Array | Int32Array
  readonly shape: readonly number[]
}
export type Feeds = Readonly<Record<string, Feed>>
type Results<S extends string> = Readonly<Record<S, Float32Array | Int32Array>>

export interface Session {
  /** Runs one signature, blocking this thread until it is done. */
  run<S extends string = string>(signature: string, feeds: Feeds): Results<S>
  dispose(): void
}

export async function openSession(
  graph: Graph,
  signatures: Readonly<Record<string, Signature>>,
): Promise<Session> {
  const tf = await loadTensorflow()
  const folder = mkdtempSync(join(tmpdir(), 'restage-graph-'))
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(graph, signatures))
    const names = Object.keys(signatures)
    const models = await Promise.all(
      names.map((name) => tf.node.loadSavedModel(folder, ['serve'], name)),
    )
    const byName = new Map(names.map((name, i) => [name, models[i]!]))
    return {
      run(signature, feeds) {
        const inputs: NamedTensorMap = {}
        for (const [name, { data, shape }] of Object.entries(feeds)) {
          inputs[name] = tf.tensor(
            data,
            [...shape],
            data instanceof Int32Array ? 'int32' : 'float32',
          )
        }
        const outputs = byName.get(signature)!.predict(inputs) as NamedTensorMap
        const results = Object.fromEntries(
          Object.entries(outputs).map(([name, tensor]) => [
            name,
            tensor.dataSync() as Float32Array | Int32Array,
          ]),
        )
        tf.dispose(inputs)
        tf.dispose(outputs)
        return results as never
      },
      dispose: () => models.forEach((model) => model.dispose()),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// Reads and writes a session's variables through two signatures. Tensors outside have PyTorch's
// layout and are converted here.
import { fromGraph, toGraph } from './layouts'
import type { Signature, Value } from '../graph/graph'
import type { Variables } from '../graph/variables'
import { elementCount, type Tensor, type Tensors } from '../network/tensor'
import { unshared, type Session } from './session'

/** `assign` takes every variable, `read` answers those that the graph writes. For a complete graph. */
export function variableSignatures({
  graph,
  all,
  changing,
}: Variables): Record<'assign' | 'read', Signature> {
  const inputs: Record<string, Value> = {}
  const outputs: Record<string, Value> = {}
  const assigned: string[] = []
  for (const [name, { handle, value }] of all) {
    const given = graph.placeholder(`${name}/new`, 'float32', value.shape)
    const dtype = { type: 'float32' } as const
    assigned.push(graph.node('AssignVariableOp', [handle, given], { dtype }))
    inputs[name] = given
    if (changing.has(name)) outputs[name] = graph.after([], value, `${name}/copy`)
  }
  const done = graph.after(assigned, graph.scalar(1, 'int32'), 'assigned')
  return { assign: { inputs, outputs: { done } }, read: { inputs: {}, outputs } }
}

/** Writes every variable; one that `tensors` lacks becomes zero (optimiser state). */
export function assignVariables(session: Session, { all }: Variables, tensors: Tensors) {
  const values = [...all].map(([name, { shape }]) => {
    const data = tensors.get(name)?.data ?? new Float32Array(elementCount(shape))
    return [name, unshared(toGraph(data, shape))] as const
  })
  session.run('assign', Object.fromEntries(values))
}

/** Reads those that the graph writes. */
export function readVariables(session: Session, { all, changing }: Variables): Map<string, Tensor> {
  const results = session.run('read', {})
  return new Map(
    [...changing].map((name) => {
      const { shape } = all.get(name)!
      return [name, { shape, data: fromGraph(results[name] as Float32Array, shape) }]
    }),
  )
}

// The values of a session's variables: in PyTorch's layout outside, turned on the way.
import { fromGraph, toGraph } from './layouts'
import type { Variables } from '../graph/variables'
import { countValues, type Tensor, type Tensors } from '../network/layers'
import type { Session } from './session'

/** Writes every variable; one that `tensors` lacks becomes zero (optimiser state). */
export function assignVariables(session: Session, { all }: Variables, tensors: Tensors) {
  const values = [...all].map(([name, { shape }]) => {
    const data = tensors.get(name)?.data ?? new Float32Array(countValues(shape))
    return [name, toGraph(data, shape)] as const
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

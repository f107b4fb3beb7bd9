// A chain of square matrix products in a graph of our own: the processor's peak
// matrix-product speed.
import type { Precision } from '../shared/device'
import { cast, matMul } from '../main/engine/graph/ops'
import { openSession } from '../main/engine/tensorflow/session'
import { Tape } from '../main/engine/graph/tape'
import { repeated, type Side } from './rounds'

interface Options {
  readonly side: number
  readonly products: number
  readonly precision: Precision
}

/** A round's `amount` is in operations; a multiply-add counts as two. */
export async function openMatmul({ side, products, precision }: Options): Promise<Side> {
  const tape = new Tape()
  // Both are fed, because products of constants would be folded before the run.
  const start = tape.placeholder('start', 'float32', [side, side])
  const factor = tape.placeholder('factor', 'float32', [side, side])
  const [first, other] = [cast(tape, start, precision), cast(tape, factor, precision)]
  let result = first
  for (let i = 0; i < products; i++) result = matMul(tape, result, other)
  const output = tape.op('Max', [cast(tape, result, 'float32'), tape.constant('int32', [0, 1])], {
    attributes: { T: { type: 'float32' }, Tidx: { type: 'int32' }, keep_dims: { b: false } },
    dtype: 'float32',
    shape: [],
  })
  const session = await openSession(tape, {
    multiply: { inputs: { start, factor }, outputs: { output } },
  })
  const feeds = {
    start: new Float32Array(side * side).fill(1),
    factor: new Float32Array(side * side).fill(1 / side),
  }
  const once = () => session.run('multiply', feeds)
  once()
  return () => repeated(2 * products * side ** 3, once)
}

// PyTorch keeps convolutions as OIHW and dense weights as output x input; TensorFlow wants HWIO and
// input x output. Tensors outside the graph are always PyTorch's; graphShape() of graph/variables.ts
// says the same of shapes.

/** To the graph's layout; `shape` is PyTorch's. */
export function toGraph(data: Float32Array, shape: readonly number[]): Float32Array {
  if (shape.length !== 4 && shape.length !== 2) return data
  return transpose(data, shape, true)
}

/** Back to PyTorch's layout; `shape` is PyTorch's. */
export function fromGraph(data: Float32Array, shape: readonly number[]): Float32Array {
  if (shape.length !== 4 && shape.length !== 2) return data
  return transpose(data, shape, false)
}

/** O x (I x S) to (S x I) x O, or back. */
function transpose(data: Float32Array, shape: readonly number[], forward: boolean) {
  const outputs = shape[0]!
  const rest = data.length / outputs
  const space = shape.length === 4 ? shape[2]! * shape[3]! : 1
  const inputs = rest / space
  const result = new Float32Array(data.length)
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let s = 0; s < space; s++) {
        const torch = o * rest + i * space + s
        const graph = (s * inputs + i) * outputs + o
        if (forward) result[graph] = data[torch]!
        else result[torch] = data[graph]!
      }
    }
  }
  return result
}

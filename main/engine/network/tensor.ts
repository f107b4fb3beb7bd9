// Named values outside the graph: float32 in C order, in PyTorch's layout (convolutions output, input,
// height, width; dense output, input).

export interface Tensor {
  readonly shape: readonly number[]
  /** May be a view of the file's bytes, so treat it as read-only. */
  readonly data: Float32Array
}
/** By name. */
export type Tensors = ReadonlyMap<string, Tensor>

/** Number of values of a shape; 1 for a scalar. */
export const elementCount = (shape: readonly number[]) =>
  shape.reduce((product, side) => product * side, 1)

/** `64 x 3 x 7 x 7`, or `scalar`. */
export const describeShape = (shape: readonly number[]) =>
  shape.length === 0 ? 'scalar' : shape.join(' x ')

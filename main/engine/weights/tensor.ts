// What every weights reader hands on: names with shapes and float32 values in C order, in
// PyTorch's layout (convolutions OIHW, dense OI). A tensor's data may be a view on the file that
// was read, so nobody writes into it.

export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** What a reader finds in a file, before it is named and hashed. */
export interface ParsedWeights {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly metadata: Readonly<Record<string, string>>
}

export interface WeightsFile extends ParsedWeights {
  /** SHA-256 of the whole file, 64 lower-case hex digits. */
  readonly sha256: string
}

/** A counter that PyTorch keeps in every batch norm; nothing here uses it. */
export const isBookkeeping = (name: string) => name.endsWith('num_batches_tracked')

/** Number of values of a shape; 1 for a scalar, NaN-free for any list of whole numbers. */
export const elementCount = (shape: readonly number[]) =>
  shape.reduce((product, side) => product * side, 1)

/** `64 x 3 x 7 x 7`, or `scalar`. */
export const describeShape = (shape: readonly number[]) =>
  shape.length === 0 ? 'scalar' : shape.join(' x ')

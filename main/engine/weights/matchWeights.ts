// Compares weights with the tensors that a network needs, so that no weights are silently left out,
// cut or reshaped.
import { Failure } from '../../../shared/failure'
import { reason, type Reason } from '../../../shared/reason'
import { describeShape, type Tensor } from '../network/tensor'

export interface ExpectedTensor {
  readonly name: string
  readonly shape: readonly number[]
}

export interface MatchOptions {
  /** Prefixes of names that may be missing or of another shape; those are left out (a new head). */
  readonly optional?: readonly string[]
  /** Named in the message. */
  readonly architecture?: string
}

/**
 * The expected tensors found in `tensors`, in the expected order; what the file has beyond them is
 * left out. @throws {Failure} weights-mismatch for the first that is missing or has another shape
 */
export function matchWeights(
  tensors: ReadonlyMap<string, Tensor>,
  expected: readonly ExpectedTensor[],
  { optional = [], architecture = 'the network' }: MatchOptions = {},
): ReadonlyMap<string, Tensor> {
  const matched = new Map<string, Tensor>()
  const names = new Set(expected.map(({ name }) => name))
  for (const { name, shape } of expected) {
    const tensor = tensors.get(name)
    if (tensor && sameShape(tensor.shape, shape)) matched.set(name, tensor)
    else if (!optional.some((prefix) => name.startsWith(prefix))) {
      throw new Failure('weights-mismatch', {
        tensor: name,
        found: tensor ? describeShape(tensor.shape) : instead(name, tensors, names),
        architecture,
        expected: describeShape(shape),
      })
    }
  }
  return matched
}

/** What the file has in place of a missing tensor: conv1.0.weight for conv1.weight, in a deep stem. */
function instead(
  name: string,
  tensors: ReadonlyMap<string, Tensor>,
  expected: ReadonlySet<string>,
): string | Reason {
  const layer = name.slice(0, name.lastIndexOf('.') + 1)
  for (const [other, { shape }] of tensors) {
    if (other.startsWith(layer) && !expected.has(other))
      return reason('tensor-instead', { shape: describeShape(shape), name: other.slice(0, 80) })
  }
  return reason('tensor-missing')
}

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((side, axis) => side === b[axis])

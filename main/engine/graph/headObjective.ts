// The objective of a linear head on features that are already computed: mean weighted cross-entropy of
// all photos at once, and its gradient. The penalty is added outside, where it costs nothing.
import { crossEntropy, matMul, multiply, reshape, subtract, sum } from './ops'
import { Tape } from './tape'
import { Variables } from './variables'

/** Names of the variables, which keep the photos between calls. */
export const featuresName = 'features'
export const targetsName = 'targets'

export interface HeadObjectiveShape {
  readonly photos: number
  /** Columns of the features. */
  readonly values: number
  readonly classes: number
}

/** Signatures: `objective` (mean, scale [values], weight [values, classes], bias [classes], photoWeights
 *  [photos] -> loss and both gradients) and `logits` (the same without photoWeights -> [photos,
 *  classes]). A photo of weight 0 takes no part; weights have mean 1 over all photos. */
export function emitHeadObjective({ photos, values, classes }: HeadObjectiveShape) {
  const tape = new Tape()
  const variables = new Variables(tape)
  const place = (name: string, ...shape: number[]) => tape.placeholder(name, 'float32', shape)
  const mean = place('mean', values)
  const scale = place('scale', values)
  const weight = place('weight', values, classes)
  const bias = place('bias', classes)
  const photoWeights = place('photoWeights', photos)
  // One long row each: a variable of two dimensions would be turned from PyTorch's layout.
  const stored = (name: string, columns: number) =>
    reshape(tape, variables.read(name, [photos * columns]), [photos, columns])
  const features = stored(featuresName, values)
  const targets = stored(targetsName, classes)

  const standardised = multiply(tape, subtract(tape, features, mean), scale)
  tape.watch(weight)
  const product = matMul(tape, standardised, weight)
  const logits = tape.record(sum(tape, product, bias), [product], (gradient) => [gradient])
  const loss = crossEntropy(tape, logits, { targets, weights: photoWeights })
  const gradientOf = tape.backward(loss, tape.scalar(1))
  // The bias adds to every row, so its gradient is the sum of the rows of the logits' gradient.
  const ofBias = tape.op('Sum', [gradientOf(logits)!, tape.constant('int32', [0])], {
    dtype: 'float32',
    shape: [classes],
    attributes: { Tidx: { type: 'int32' }, keep_dims: { b: false } },
  })
  const inputs = { mean, scale, weight, bias }
  return {
    graph: tape,
    variables,
    signatures: {
      objective: {
        inputs: { ...inputs, photoWeights },
        outputs: { loss, ofWeight: gradientOf(weight)!, ofBias },
      },
      logits: { inputs, outputs: { logits: tape.after([], logits, 'logits') } },
    },
  }
}

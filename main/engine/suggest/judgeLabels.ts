// Out-of-fold probabilities of each labelled picture, from models that have not seen its label. Small
// collections use a Gaussian process (leave-one-out), which detects wrong labels best (bench/suggest);
// its time is cubic, so large collections use cross-validated heads.
import { crossValidated, type CrossValidation } from '../heads/crossValidate'
import { leaveOneOut } from '../heads/gaussianProcess'

/** Maximum number of rows for the Gaussian process; takes about 4 s on one core. */
const maxGaussianRows = 1000

/** Probabilities [rows, classes] of each of `rows`, in their order. */
export const judgeLabels = (input: CrossValidation): Promise<Float32Array> =>
  input.rows.length <= maxGaussianRows ? leaveOneOut(input) : crossValidated(input)

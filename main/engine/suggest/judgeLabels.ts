// What is said of each labelled picture by those that have not seen its label: of a small collection by
// a Gaussian process, which learns from all the others and is found to doubt wrong labels best
// (bench/suggest); its time grows with the cube, so of a large one by cross-validated heads.
import { crossValidated, type CrossValidation } from '../heads/crossValidate'
import { leaveOneOut } from '../heads/gaussianProcess'

/** Takes about 4 s on one core. */
const mostAtOnce = 1000

/** Probabilities [rows, classes] of each of `rows`, in their order. */
export const judgeLabels = (input: CrossValidation): Promise<Float32Array> =>
  input.rows.length <= mostAtOnce ? leaveOneOut(input) : crossValidated(input)

// The part of a network that trains in a session: one call is one step. Frozen batch norms with running
// statistics are folded into their convolutions first.
import type { Stage } from '../../../shared/network'
import { averageOf } from '../graph/optimizer'
import { emitTraining, type TrainingOptions } from '../graph/training'
import { foldBatchNorms } from '../network/fold'
import type { Tensor, Tensors } from '../network/tensor'
import { inputValues, type Input } from './input'
import { openSession } from './session'
import { assignVariables, readVariables, variableSignatures } from './variableValues'

export interface TrainerOptions extends TrainingOptions {
  readonly tensors: Tensors
}
/** What is fed beside pictures and labels, one row a picture. */
export interface Rows {
  /** Target probabilities [count, classes], each row of sum 1; default: one-hot labels. */
  readonly targets?: Float32Array
  /** Loss weight of each picture [count]; default: 1. */
  readonly weights?: Float32Array
  /** [count, viewLength], where there is a canvas. */
  readonly views?: Float32Array
  /** Where pictures are mixed: each one's partner [count], and box and weight [count, patchLength]. */
  readonly partners?: Int32Array
  readonly patches?: Float32Array
}
export interface Batch extends Rows {
  readonly input: Input
  readonly labels: Int32Array
}
export interface StepResult {
  /** Mean over the batch. */
  readonly loss: number
  readonly correct: number
}
export interface Trainer {
  /** @throws {Failure} out-of-memory; then nothing was updated */
  step(batch: Batch, options: { readonly rate: number; readonly step: number }): StepResult
  /** Logits [count, classes] with kept statistics (and averaged weights where they are averaged);
   *  pictures at the network's size. */
  evaluate(input: Input, count: number): Float32Array
  /** Every tensor that a step writes, optimiser state (`momentum/...`) and averages included. */
  read(): Map<string, Tensor>
  /** Restores what read() returned; missing tensors become zero, missing averages their tensor. */
  assign(tensors: Tensors): void
  dispose(): void
}

export async function openTrainer(options: TrainerOptions): Promise<Trainer> {
  const { trains, batchStatistics } = options
  const changes = (stage: Stage) => trains.includes(stage) || batchStatistics.includes(stage)
  const folded = foldBatchNorms(options.network, options.tensors, ({ stage }) => !changes(stage))
  const training = emitTraining({ ...options, network: folded.network })
  const { graph, variables, signatures, averaged } = training
  const { inputs } = signatures.step
  const classes = inputs.targets.shape[1]!
  const session = await openSession(graph, { ...signatures, ...variableSignatures(variables) })
  const assign = (tensors: Tensors) => {
    const all = new Map([...folded.tensors, ...tensors])
    const same = [...averaged].map((name) => [averageOf(name), all.get(name)!] as const)
    assignVariables(session, variables, new Map([...same, ...all]))
  }
  assign(new Map())
  return {
    step({ input, labels, ...rows }, { rate, step }) {
      const fed = {
        ...plainRows(labels, classes),
        ...rows,
        input: inputValues(input, labels.length),
        labels,
        rate: Float32Array.of(rate),
        step: Float32Array.of(step),
      }
      const wanted = Object.entries(fed).filter(([name]) => name in inputs)
      const result = session.run('step', Object.fromEntries(wanted))
      return { loss: result.loss![0]!, correct: result.correct![0]! }
    },
    evaluate: (pictures, count) =>
      session.run('evaluate', { input: inputValues(pictures, count) }).logits as Float32Array,
    read: () => readVariables(session, variables),
    assign,
    dispose: () => session.dispose(),
  }
}

/** Default weights (1) and targets (the one-hot label). */
function plainRows(labels: Int32Array, classes: number) {
  const targets = new Float32Array(labels.length * classes)
  labels.forEach((label, n) => (targets[n * classes + label] = 1))
  return { targets, weights: new Float32Array(labels.length).fill(1) }
}

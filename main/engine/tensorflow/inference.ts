// A frozen network in a session: pictures in, logits or features out. Batch norms are folded into
// their convolutions first, so the forward pass is convolutions, sums and ReLUs alone.
import { emitNetwork } from '../graph/emit'
import type { Precision } from '../../../shared/device'
import { emitInput, networkInput, type InputKind } from '../graph/pixels'
import { Tape } from '../graph/tape'
import { Variables } from '../graph/variables'
import { foldBatchNorms } from '../network/fold'
import { type Network } from '../network/layers'
import { elementCount, type Tensors } from '../network/tensor'
import { switchOffBlocks } from '../network/residual'
import { inputValues, type Input } from './input'
import { openSession } from './session'
import { assignVariables, variableSignatures } from './variableValues'

export interface Inference {
  /** Values per picture: classes, or height x width x channels of the features. */
  readonly outputLength: number
  run(input: Input, count: number): Float32Array
  /** Reduces these residual blocks to their shortcut; all others are restored. */
  switchOff(blocks: readonly string[]): void
  dispose(): void
}

export interface InferenceOptions {
  readonly network: Network
  readonly tensors: Tensors
  readonly precision: Precision
  readonly input: InputKind
}

export async function openInference(options: InferenceOptions): Promise<Inference> {
  const { precision, input } = options
  const { network, tensors } = foldBatchNorms(options.network, options.tensors)
  const tape = new Tape()
  const variables = new Variables(tape)
  const source = networkInput(tape, network, { name: input, input })
  const output = emitNetwork(tape, network, {
    input: emitInput(tape, source, network),
    precision,
    read: variables.read,
  })
  const session = await openSession(tape, {
    predict: { inputs: { [input]: source }, outputs: { output } },
    ...variableSignatures(variables),
  })
  assignVariables(session, variables, tensors)
  return {
    outputLength: elementCount(output.shape.slice(1)),
    run: (given, count) =>
      session.run('predict', { [input]: inputValues(given, count) }).output as Float32Array,
    switchOff: (blocks) =>
      assignVariables(session, variables, switchOffBlocks(network, tensors, blocks)),
    dispose: () => session.dispose(),
  }
}

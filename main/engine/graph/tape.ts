// Reverse-mode differentiation while a graph is written: each op records how its gradient is written,
// and backward() writes those from the loss down. An op without a trainable ancestor
// is not recorded, so nothing below the lowest trainable layer gets a backward op.
import { Graph, type Value } from './graph'

/** Writes the gradients of an op's inputs, in their order; null where there is none. */
type Backward = (gradient: Value, needed: readonly boolean[]) => readonly (Value | null)[]
interface Note {
  readonly output: Value
  readonly inputs: readonly Value[]
  readonly backward: Backward
}

/** A graph that records gradients. Functions that take a plain Graph have no gradient. */
export class Tape extends Graph {
  private readonly notes: Note[] = []
  private readonly tracked = new Set<string>()

  /** Marks a value whose gradient is wanted. */
  watch(value: Value) {
    this.tracked.add(value.ref)
  }

  private needs = (value: Value) => this.tracked.has(value.ref)

  /** Records how to differentiate `output`, and returns it. */
  record(output: Value, inputs: readonly Value[], backward: Backward): Value {
    if (inputs.some(this.needs)) {
      this.tracked.add(output.ref)
      this.notes.push({ output, inputs, backward })
    }
    return output
  }

  /** Writes the backward ops from `loss`, whose gradient is `seed`. Returns each watched value's. */
  backward(loss: Value, seed: Value): (value: Value) => Value | null {
    const gradients = new Map<string, Value>([[loss.ref, seed]])
    for (const { output, inputs, backward } of [...this.notes].reverse()) {
      const gradient = gradients.get(output.ref)
      if (!gradient) continue
      const parts = backward(gradient, inputs.map(this.needs))
      inputs.forEach((input, i) => {
        const part = parts[i]
        if (!part || !this.needs(input)) return
        const before = gradients.get(input.ref)
        gradients.set(input.ref, before ? this.op('AddV2', [before, part], part) : part)
      })
    }
    return (value) => gradients.get(value.ref) ?? null
  }
}

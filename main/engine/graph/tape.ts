// Reverse-mode differentiation while a graph is written: each op notes how its gradient is written,
// and backward() writes those from the loss down. An op none of whose inputs lead to something
// trainable is not noted, so nothing below the lowest trainable layer gets a backward op.
import type { Attributes, Graph, Value } from './graph'

interface Note {
  readonly output: Value
  readonly inputs: readonly Value[]
  /** Gradients of the inputs, in their order; null where there is none. */
  readonly backward: (gradient: Value, needed: readonly boolean[]) => readonly (Value | null)[]
}
/** What an op puts out, and its attributes besides `T`. A value alone says: the same as this one. */
type Result = Pick<Value, 'dtype' | 'shape'> & { readonly attributes?: Attributes }

export class Tape {
  private readonly notes: Note[] = []
  private readonly tracked = new Set<string>()
  constructor(readonly graph: Graph) {}

  /** Marks a value whose gradient is wanted. */
  watch(value: Value) {
    this.tracked.add(value.ref)
  }

  needs = (value: Value) => this.tracked.has(value.ref)

  /** Adds a node whose type `T` is its first input's, and answers its first output. */
  op(name: string, inputs: readonly Value[], { dtype, shape, attributes }: Result): Value {
    const refs = inputs.map((input) => input.ref)
    const node = this.graph.node(name, refs, { T: { type: inputs[0]!.dtype }, ...attributes })
    return { ref: `${node}:0`, dtype, shape }
  }

  record(note: Note): Value {
    if (note.inputs.some(this.needs)) {
      this.tracked.add(note.output.ref)
      this.notes.push(note)
    }
    return note.output
  }

  /** Writes the backward ops from `loss`, whose gradient is `seed`. Answers each watched value's. */
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

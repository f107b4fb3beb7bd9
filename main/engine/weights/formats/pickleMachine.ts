// The machine that a pickle drives: a stack with marks, a memo, and the storages referred to so far.
// It holds plain values only; names go through the allow-list in pickleValues.ts. The number of steps
// is bounded, and no step makes more than a constant number of values without paying for each, so
// that neither memory nor time can grow beyond that bound.
import {
  allowedName,
  callAllowed,
  malformed,
  refused,
  storageReference,
  Tuple,
  type PickleDictionary,
  type PickleValue,
  type Storage,
} from './pickleValues'
import { reason } from '../../../../shared/reason'

/** Instructions and copied values together. A checkpoint of ResNet-152 with its optimiser takes about
 *  100,000; two million take a second and below 0.5 GB. */
const maxSteps = 2_000_000

class Mark {}
const mark = new Mark()

export class PickleMachine {
  readonly storages = new Map<string, Storage>()
  private readonly stack: (PickleValue | Mark)[] = []
  private readonly memo = new Map<number, PickleValue>()

  private steps = 0

  constructor(private readonly path: string) {}

  /** Counts work against the bound. @throws {Failure} weights-format */
  spend(steps: number) {
    this.steps += steps
    if (this.steps > maxSteps) throw refused(this.path, reason('pickle-steps'))
  }

  push(value: PickleValue) {
    this.stack.push(value)
  }

  mark() {
    this.stack.push(mark)
  }

  /** Removes the top of the stack, also if it is a mark. */
  discard() {
    this.stack.pop()
  }

  top(): PickleValue {
    const value = this.stack[this.stack.length - 1]
    if (value === undefined || value instanceof Mark) throw this.malformed()
    return value
  }

  pop(): PickleValue {
    const value = this.top()
    this.stack.pop()
    return value
  }

  popToMark(): PickleValue[] {
    const start = this.stack.lastIndexOf(mark)
    if (start < 0) throw this.malformed()
    const items = this.stack.splice(start)
    return items.slice(1) as PickleValue[] // lastIndexOf: no mark is left among them
  }

  tuple(length: number): Tuple {
    const items = Array.from({ length }, () => this.pop())
    return new Tuple(items.reverse())
  }

  tupleToMark(): Tuple {
    return new Tuple(this.popToMark())
  }

  append(items: readonly PickleValue[]) {
    const list = this.top()
    if (!Array.isArray(list)) throw this.malformed()
    for (const item of items) list.push(item)
  }

  dictionary() {
    const items = this.popToMark()
    this.push(new Map())
    this.setItems(items)
  }

  setItems(items: readonly PickleValue[]) {
    const target = this.top()
    if (!(target instanceof Map) || items.length % 2 !== 0) throw this.malformed()
    const dictionary: PickleDictionary = target
    for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1])
  }

  remember(index: number = this.memo.size) {
    this.memo.set(index, this.top())
  }

  recall(index: number): PickleValue {
    const value = this.memo.get(index)
    if (value === undefined) throw this.malformed()
    return value
  }

  named(module: string, name: string) {
    this.push(allowedName(module, name, this.path))
  }

  call() {
    const [callee, args] = this.tuple(2).items
    // Only OrderedDict copies: as many values as the list of pairs has. The same list may be passed
    // again and again.
    for (const item of args instanceof Tuple ? args.items : [])
      if (Array.isArray(item)) this.spend(item.length)
    this.push(callAllowed(callee, args, this.path))
  }

  stackGlobal() {
    const [module, name] = this.tuple(2).items
    if (typeof module !== 'string' || typeof name !== 'string') throw this.malformed()
    this.named(module, name)
  }

  persistent() {
    const reference = storageReference(this.pop(), this.path)
    const { storage } = reference
    const known = this.storages.get(storage.key) ?? storage
    if (known.format !== storage.format || known.count !== storage.count) {
      throw refused(this.path, reason('storage-twice', { key: storage.key }))
    }
    this.storages.set(storage.key, known)
    this.push(reference)
  }

  malformed() {
    return malformed(this.path)
  }
}

// Reads Python's pickle, as far as weights need it: a table of instructions over plain values.
// There is no way from here to an import, a constructor or a call but the allow-list in
// pickleValues.ts; an instruction that is not in the table ends the reading. Opcodes: Python's
// Lib/pickletools.py.
import { PickleBytes } from './pickleBytes'
import { PickleMachine } from './pickleMachine'
import type { PickleValue, Storage } from './pickleValues'

export interface Unpickled {
  readonly value: PickleValue
  /** Where the next thing in the file begins. */
  readonly end: number
  /** Every storage that was referred to, by key. */
  readonly storages: ReadonlyMap<string, Storage>
}

type Instruction = (machine: PickleMachine, bytes: PickleBytes) => void

const stop = 0x2e

const instructions: Readonly<Record<number, Instruction>> = {
  0x80: (_, b) => b.skip(1), // PROTO
  0x95: (_, b) => b.skip(8), // FRAME: only a hint for buffering
  0x28: (m) => m.mark(), // MARK
  0x30: (m) => m.discard(), // POP
  0x31: (m) => m.popToMark(), // POP_MARK
  0x32: (m) => m.push(m.top()), // DUP
  0x4e: (m) => m.push(null), // NONE
  0x88: (m) => m.push(true), // NEWTRUE
  0x89: (m) => m.push(false), // NEWFALSE
  0x4a: (m, b) => m.push(b.int32()), // BININT
  0x4b: (m, b) => m.push(b.uint8()), // BININT1
  0x4d: (m, b) => m.push(b.uint16()), // BININT2
  0x8a: (m, b) => m.push(b.long(b.uint8())), // LONG1
  0x47: (m, b) => m.push(b.float64()), // BINFLOAT
  0x58: (m, b) => m.push(b.text(b.uint32())), // BINUNICODE
  0x8c: (m, b) => m.push(b.text(b.uint8())), // SHORT_BINUNICODE
  0x8d: (m, b) => m.push(b.text(b.uint64())), // BINUNICODE8
  0x54: (m, b) => m.push(b.text(b.uint32())), // BINSTRING: Python 2's str
  0x55: (m, b) => m.push(b.text(b.uint8())), // SHORT_BINSTRING
  0x42: (m, b) => m.push(b.data(b.uint32())), // BINBYTES
  0x43: (m, b) => m.push(b.data(b.uint8())), // SHORT_BINBYTES
  0x8e: (m, b) => m.push(b.data(b.uint64())), // BINBYTES8
  0x5d: (m) => m.push([]), // EMPTY_LIST
  0x6c: (m) => m.push(m.popToMark()), // LIST
  0x61: (m) => m.append([m.pop()]), // APPEND
  0x65: (m) => m.append(m.popToMark()), // APPENDS
  0x29: (m) => m.push(m.tuple(0)), // EMPTY_TUPLE
  0x74: (m) => m.push(m.tupleToMark()), // TUPLE
  0x85: (m) => m.push(m.tuple(1)), // TUPLE1
  0x86: (m) => m.push(m.tuple(2)), // TUPLE2
  0x87: (m) => m.push(m.tuple(3)), // TUPLE3
  0x7d: (m) => m.push(new Map()), // EMPTY_DICT
  0x64: (m) => m.dictionary(), // DICT
  0x73: (m) => m.setItems(m.tuple(2).items), // SETITEM
  0x75: (m) => m.setItems(m.popToMark()), // SETITEMS
  0x68: (m, b) => m.push(m.recall(b.uint8())), // BINGET
  0x6a: (m, b) => m.push(m.recall(b.uint32())), // LONG_BINGET
  0x71: (m, b) => m.remember(b.uint8()), // BINPUT
  0x72: (m, b) => m.remember(b.uint32()), // LONG_BINPUT
  0x94: (m) => m.remember(), // MEMOIZE
  0x63: (m, b) => m.named(b.line(), b.line()), // GLOBAL
  0x69: (m, b) => m.named(b.line(), b.line()), // INST: nothing that may be named is made so
  0x93: (m) => m.stackGlobal(), // STACK_GLOBAL
  0x51: (m) => m.persistent(), // BINPERSID
  0x52: (m) => m.call(), // REDUCE
  0x81: (m) => m.call(), // NEWOBJ
  // BUILD: attributes that PyTorch hangs on a state dict (`_metadata`); nobody needs them.
  0x62: (m) => m.pop(),
}

/** Reads one pickle from `start`. @throws {Failure} weights-unsafe, weights-format, weights-truncated */
export function unpickle(file: Uint8Array, start: number, path: string): Unpickled {
  const bytes = new PickleBytes(file, start, path)
  const machine = new PickleMachine(path)
  for (;;) {
    machine.spend(1)
    const opcode = bytes.uint8()
    if (opcode === stop) {
      return { value: machine.pop(), end: bytes.at, storages: machine.storages }
    }
    const instruction = instructions[opcode]
    if (!instruction) throw machine.malformed()
    instruction(machine, bytes)
  }
}

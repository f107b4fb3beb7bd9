import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  parseSafetensors,
  readSafetensors,
  writeSafetensors,
} from '../../../../../main/engine/weights/formats/safetensors'
import type { Tensor } from '../../../../../main/engine/network/tensor'
import { pretrained, withoutPretrained } from '../pretrained'
import { failureOf, temporaryFolder } from '../temporaryFolder'
import { describeReason, type Reason } from '../../../../../shared/reason'

const { folder, path, save } = temporaryFolder()

function file(header: unknown, values: Uint8Array = new Uint8Array(0)): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, values])
}

const entry = (dtype: string, shape: readonly number[], ...[begin, end]: [number, number]) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
})

const refusal = async (bytes: Uint8Array) => {
  const failure = await failureOf(readSafetensors(save(bytes)))
  return `${failure.code}: ${describeReason(failure.details.reason as Reason)}`
}

describe('writing and reading', () => {
  const tensors = new Map<string, Tensor>([
    ['b', { shape: [2, 2], data: Float32Array.from([1, -2, 3.5, 1e-8]) }],
    ['a', { shape: [], data: Float32Array.from([7]) }],
    ['empty', { shape: [0, 3], data: new Float32Array(0) }],
  ])

  it('gives back names, shapes, values, order and metadata', async () => {
    const target = path()
    await writeSafetensors(target, tensors, { architecture: 'résnet' })
    const read = await readSafetensors(target)
    expect([...read.tensors]).toEqual([...tensors])
    expect(read.metadata).toEqual({ architecture: 'résnet' })
    expect(read.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('leaves nothing beside the file, also when it cannot be written', async () => {
    const failure = await failureOf(writeSafetensors(`${folder}/missing/x`, tensors))
    expect(failure.code).toBe('not-writable')
    await writeSafetensors(path('whole'), tensors)
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('views float32 values where they lie', async () => {
    await writeSafetensors(path('view'), tensors)
    const bytes = new Uint8Array(readFileSync(path('view'))).slice()
    expect(parseSafetensors(bytes, 'view').tensors.get('b')?.data.buffer).toBe(bytes.buffer)
  })

  it('copies values that lie on no multiple of four', async () => {
    const bytes = file(
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} ',
      new Uint8Array(Float32Array.of(2.5).buffer),
    )
    expect((bytes.length - 4) % 4).not.toBe(0)
    expect((await readSafetensors(save(bytes))).tensors.get('a')?.data).toEqual(
      Float32Array.of(2.5),
    )
  })
})

describe('number formats', () => {
  const cases: readonly (readonly [string, ArrayBuffer, readonly number[]])[] = [
    [
      'F16',
      Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000).buffer,
      [1, -2, 2 ** -24, 65504, -0],
    ],
    ['F16', Uint16Array.of(0x7c00, 0xfc00, 0x7e00).buffer, [Infinity, -Infinity, NaN]],
    ['BF16', Uint16Array.of(0x3f80, 0xc040, 0x7f80).buffer, [1, -3, Infinity]],
    ['F64', Float64Array.of(0.5, -1e10).buffer, [0.5, -1e10]],
    ['I64', BigInt64Array.of(-5n, 7n).buffer, [-5, 7]],
    ['I32', Int32Array.of(-5, 7).buffer, [-5, 7]],
    ['I8', Int8Array.of(-5, 7).buffer, [-5, 7]],
    ['U8', Uint8Array.of(250, 7).buffer, [250, 7]],
    ['BOOL', Uint8Array.of(1, 0).buffer, [1, 0]],
  ]
  it.each(cases)('%s', async (dtype, values, expected) => {
    const count = expected.length
    const bytes = file({ a: entry(dtype, [count], 0, values.byteLength) }, new Uint8Array(values))
    const read = await readSafetensors(save(bytes))
    expect(read.tensors.get('a')?.data).toEqual(Float32Array.from(expected))
  })

  it('drops the batch counters', async () => {
    const bytes = file({ 'bn1.num_batches_tracked': entry('I64', [], 0, 8) }, new Uint8Array(8))
    expect((await readSafetensors(save(bytes))).tensors.size).toBe(0)
  })
})

describe('what is refused', () => {
  const eight = new Uint8Array(8)
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['an empty file', new Uint8Array(0), 'weights-truncated: it has no header'],
    [
      'a header longer than the file',
      file('{}').subarray(0, 9),
      'weights-truncated: its header is incomplete',
    ],
    [
      'an impossible header',
      Buffer.from('ffffffffffffff7f7b7d', 'hex'),
      'weights-format: its header is larger than 8 MB',
    ],
    ['no JSON', file('{"a":'), 'weights-format: its header is no JSON object'],
    ['a list', file('[]'), 'weights-format: its header is no JSON object'],
    [
      'metadata of numbers',
      file({ __metadata__: { a: 1 } }),
      'weights-format: its metadata is not text',
    ],
    [
      'an entry without offsets',
      file({ a: { dtype: 'F32', shape: [2] } }, eight),
      'weights-format: the entry of a is malformed',
    ],
    [
      'a negative side',
      file({ a: entry('F32', [-2], 0, 8) }, eight),
      'weights-format: the entry of a is malformed',
    ],
    [
      'an unknown type',
      file({ a: entry('F4', [2], 0, 8) }, eight),
      'weights-format: a is of the unknown type F4',
    ],
    [
      'an inherited name as type',
      file({ a: entry('toString', [2], 0, 8) }, eight),
      'weights-format: a is of the unknown type toString',
    ],
    [
      'a shape that does not fit',
      file({ a: entry('F32', [3], 0, 8) }, eight),
      'weights-format: the shape of a does not fit its 8 bytes',
    ],
    [
      'missing values',
      file({ a: entry('F32', [4], 0, 16) }, eight),
      'weights-truncated: a is incomplete',
    ],
    [
      'an overlap',
      file({ a: entry('F32', [2], 0, 8), b: entry('F32', [1], 4, 8) }, eight),
      'weights-format: b overlaps another tensor',
    ],
    [
      'a gap',
      file({ a: entry('F32', [1], 4, 8) }, eight),
      'weights-format: there is a gap before a',
    ],
    [
      'a backward range',
      file({ a: entry('F32', [1], 8, 4) }, eight),
      'weights-format: a ends before it begins',
    ],
    [
      'bytes of nobody',
      file({ a: entry('F32', [1], 0, 4) }, eight),
      'weights-format: 4 bytes belong to no tensor',
    ],
  ]
  it.each(cases)('%s', async (_, bytes, expected) => {
    expect(await refusal(bytes)).toBe(expected)
  })

  it('a file that is not there, and a folder', async () => {
    expect((await failureOf(readSafetensors(path('nowhere')))).code).toBe('file-missing')
    expect((await failureOf(readSafetensors(folder))).code).toMatch(
      /weights-format|file-unreadable/,
    )
  })
})

describe.skipIf(withoutPretrained)('real files', () => {
  it('reads the starter: 2,787,264 values, its published hash', async () => {
    const read = await readSafetensors(pretrained('starter-resnet18-to-layer3.safetensors'))
    const total = [...read.tensors.values()].reduce((sum, { data }) => sum + data.length, 0)
    expect(total).toBe(2_787_264)
    expect(read.sha256).toBe('45bd4785e37523837256240a4dec764ebe7be4ae5bd9a703f6712f09fc4fff74')
    expect(
      readFileSync('assets/starter/starter-resnet18-to-layer3.safetensors').equals(
        readFileSync(pretrained('starter-resnet18-to-layer3.safetensors')),
      ),
    ).toBe(true)
  })

  it('reads 35 MB in well under a tenth of a second', () => {
    const file = pretrained('resnet50v2-imagenet-to-layer3.safetensors')
    const bytes = new Uint8Array(readFileSync(file))
    const begin = performance.now()
    const { tensors } = parseSafetensors(bytes, file)
    expect(performance.now() - begin).toBeLessThan(100)
    expect(tensors.get('conv1.weight')?.shape).toEqual([64, 3, 7, 7])
  })
})

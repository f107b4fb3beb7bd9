import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readWeights } from '../../../../../main/engine/weights/formats/readWeights'
import { pretrained, withoutPretrained } from '../pretrained'
import { failureOf, temporaryFolder } from '../temporaryFolder'
import {
  floats,
  global,
  legacyFile,
  legacyHead,
  pickle,
  stateDictPickle,
  text,
  zip,
  zipFile,
  type FixtureTensor,
} from './torchFixture'
import { describeReason, reason, type Reason } from '../../../../../shared/reason'

const { path, save } = temporaryFolder()

const matrix = floats('conv.weight', [1, 2, 3, 4, 5, 6], [2, 3])
const vector = floats('bn.bias', [0.5, -0.5], [2])
const expected = [
  ['conv.weight', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ['bn.bias', { shape: [2], data: Float32Array.of(0.5, -0.5) }],
]
const tensorsOf = async (bytes: Uint8Array) => [...(await readWeights(save(bytes))).tensors]

describe.each([
  ['zip', zipFile],
  ['legacy', legacyFile],
] as const)('PyTorch %s files', (_, write) => {
  it('reads a state dict', async () => {
    expect(await tensorsOf(write([matrix, vector]))).toEqual(expected)
  })

  it.each(['state_dict', 'model'])('finds it under %s', async (wrap) => {
    expect(await tensorsOf(write([matrix, vector], { wrap }))).toEqual(expected)
  })

  it('reads parameters', async () => {
    expect(await tensorsOf(write([matrix, vector], { parameters: true }))).toEqual(expected)
  })

  it('takes off what DataParallel adds to every name', async () => {
    const named = [matrix, vector].map((tensor) => ({ ...tensor, name: `module.${tensor.name}` }))
    expect(await tensorsOf(write(named))).toEqual(expected)
  })

  it('puts transposed and sliced tensors in order', async () => {
    const transposed: FixtureTensor = { ...matrix, shape: [3, 2], strides: [1, 3] }
    const slice: FixtureTensor = {
      ...matrix,
      name: 'slice',
      offset: 1,
      shape: [2, 1],
      strides: [3, 9],
    }
    const middle: FixtureTensor = { ...matrix, name: 'middle', offset: 2, shape: [3], strides: [1] }
    expect(await tensorsOf(write([transposed, slice, middle]))).toEqual([
      ['conv.weight', { shape: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) }],
      ['slice', { shape: [2, 1], data: Float32Array.of(2, 5) }],
      ['middle', { shape: [3], data: Float32Array.of(3, 4, 5) }],
    ])
  })

  it('converts halves and drops batch counters', async () => {
    const half: FixtureTensor = {
      ...vector,
      storageClass: 'HalfStorage',
      storage: new Uint8Array(Uint16Array.of(0x3800, 0xb800).buffer),
    }
    const counter: FixtureTensor = {
      ...floats('bn.num_batches_tracked', [0], []),
      storageClass: 'LongStorage',
      storage: new Uint8Array(8),
    }
    expect(await tensorsOf(write([half, counter]))).toEqual([expected[1]])
  })

  it('refuses a tensor beyond its storage', async () => {
    const failure = await failureOf(readWeights(save(write([{ ...matrix, offset: 1 }]))))
    expect(failure).toMatchObject({
      code: 'weights-format',
      details: { reason: reason('tensor-beyond', { name: 'conv.weight' }) },
    })
  })

  it('refuses a small file that asks for much memory', async () => {
    const huge: FixtureTensor = { ...matrix, shape: [2_000_000_000], strides: [0] }
    expect(
      describeReason((await failureOf(readWeights(save(write([huge]))))).details.reason as Reason),
    ).toBe('its tensors are larger than the file')
  })

  it('tells a file that is cut short, wherever it is cut', async () => {
    const whole = write([matrix, vector])
    for (let length = 20; length < whole.length; length += 7) {
      const failure = await failureOf(readWeights(save(whole.subarray(0, length), 'cut')))
      expect(failure.code, `at ${length}`).toBe('weights-truncated')
    }
  })
})

describe('hostile pickles', () => {
  const marker = path('was-run')
  const run = Buffer.concat([Buffer.from('('), text(`touch ${marker}`), Buffer.from('tR')])
  const stackGlobal = Buffer.concat([text('builtins'), text('eval'), Buffer.from([0x93])])

  it.each([
    ['os.system', global('os', 'system')],
    ['posix.system', global('posix', 'system')],
    ['builtins.eval', stackGlobal],
    ['torch.load', global('torch', 'load')],
    ['__builtin__.constructor', global('__builtin__', 'constructor')],
  ])('%s is named and never called', async (name, callee) => {
    const payload = pickle(callee, run)
    for (const bytes of [
      zipFile([], { pickle: payload }),
      Buffer.concat([legacyHead, payload]),
      payload,
    ]) {
      const failure = await failureOf(readWeights(save(bytes)))
      expect(failure).toMatchObject({ code: 'weights-unsafe', details: { name } })
      expect(failure.message).toContain(name)
    }
    expect(existsSync(marker)).toBe(false)
  })

  it('the oldest protocol is no way round', async () => {
    const failure = await failureOf(readWeights(save(Buffer.from("cos\nsystem\n(S'ls'\ntR."))))
    expect(failure).toMatchObject({ code: 'weights-unsafe', details: { name: 'os.system' } })
  })

  it('INST names what it wanted', async () => {
    const failure = await failureOf(readWeights(save(pickle(Buffer.from('(ios\nsystem\n')))))
    expect(failure).toMatchObject({ code: 'weights-unsafe', details: { name: 'os.system' } })
  })

  it('a name cannot bring line breaks into the message', async () => {
    const name = Buffer.concat([text('a\nb'), text('c'.repeat(5000)), Buffer.from([0x93])])
    const failure = await failureOf(readWeights(save(pickle(name))))
    expect(failure.details.name).toMatch(/^a\?b\.c{116}$/)
  })

  it.each([
    ['a length beyond the file', Buffer.from([0x58, 0xff, 0xff, 0xff, 0x7f])],
    ['a memo that was never set', Buffer.from([0x68, 9])],
    ['an empty stack', Buffer.from([0x52])],
    ['a call of a dictionary', Buffer.from([0x7d, 0x29, 0x52])],
    ['an unknown instruction', Buffer.from([0x82, 1])],
    ['a list that never began', Buffer.from([0x65])],
  ])('%s ends the reading', async (_, body) => {
    const failure = await failureOf(readWeights(save(pickle(body))))
    expect(['weights-format', 'weights-truncated']).toContain(failure.code)
  })
})

describe('small files that would take much memory or time', () => {
  const op = (...bytes: number[]) => Buffer.from(bytes)

  it('a list of pairs that becomes a dictionary again and again', async () => {
    const pairs = Array.from({ length: 3000 }, (_, i) => {
      const key = op(0x4d, i & 0xff, i >> 8)
      return Buffer.concat([key, op(0x4e, 0x86)])
    })
    const list = Buffer.concat([op(0x5d, 0x28), ...pairs, op(0x65, 0x71, 0)])
    const callee = Buffer.concat([global('collections', 'OrderedDict'), op(0x71, 1, 0x30)])
    const calls = Buffer.concat(
      Array.from({ length: 3000 }, () => op(0x68, 1, 0x68, 0, 0x85, 0x52)),
    )
    const begun = Date.now()
    const failure = await failureOf(readWeights(save(pickle(list, callee, calls))))
    expect(failure).toMatchObject({
      code: 'weights-format',
      details: { reason: reason('pickle-steps') },
    })
    expect(Date.now() - begun).toBeLessThan(3000)
  })

  it('millions of empty dictionaries', async () => {
    const failure = await failureOf(readWeights(save(pickle(Buffer.alloc(2_100_000, 0x7d)))))
    expect(describeReason(failure.details.reason as Reason)).toBe(
      'its pickle takes more steps than any real one',
    )
  })

  it('a zip whose entries share their bytes', async () => {
    const storage = Buffer.alloc(4000)
    const file = zip(
      [
        ['archive/data.pkl', stateDictPickle([matrix])],
        ['archive/data/0', storage],
        ['archive/data/1', storage],
      ],
      {},
    )
    // The last entry of the directory now means the same bytes as the one before it.
    const entries = [...file.keys()].filter(
      (at) => at < file.length - 4 && file.readUInt32LE(at) === 0x02014b50,
    )
    const [, one, two] = entries
    file.copy(file, two! + 42, one! + 42, one! + 46)
    const failure = await failureOf(readWeights(save(file)))
    expect(describeReason(failure.details.reason as Reason)).toBe(
      'archive/data/1 overlaps another part of the file',
    )
  })

  it('a zip entry whose checksum is wrong, or whose name is there twice', async () => {
    const damaged = await failureOf(readWeights(save(zipFile([matrix], { checksum: 1 }))))
    expect(describeReason(damaged.details.reason as Reason)).toBe('archive/data.pkl is damaged')
    const entry = ['archive/data.pkl', stateDictPickle([matrix])] as const
    const twice = await failureOf(readWeights(save(zip([entry, entry], {}))))
    expect(describeReason(twice.details.reason as Reason)).toBe('it holds archive/data.pkl twice')
  })
})

describe('which kind of file', () => {
  it.each([
    [
      'a zip of something else',
      zip([['word/document.xml', Buffer.from('x')]], {}),
      /none that PyTorch wrote/,
    ],
    ['a compressed zip', zipFile([matrix], { method: 8 }), /is compressed/],
    [
      'a TorchScript program',
      zip(
        [
          ['a/data.pkl', pickle()],
          ['a/constants.pkl', pickle()],
        ],
        {},
      ),
      /TorchScript/,
    ],
    ['another pickle', pickle(Buffer.from([0x7d])), /none that PyTorch wrote/],
    ['a state dict without its frame', stateDictPickle([matrix]), /none that PyTorch wrote/],
    ['a picture', Buffer.from('ffd8ffe000104a4649460001', 'hex'), /no known kind/],
    ['an empty file', Buffer.alloc(0), /no known kind/],
    ['an empty state dict', zipFile([]), /no state dict/],
  ])('%s is told', async (_, bytes, reason) => {
    const failure = await failureOf(readWeights(save(bytes)))
    expect(failure.code).toBe('weights-format')
    expect(describeReason(failure.details.reason as Reason)).toMatch(reason)
  })

  it('zip64 is followed', async () => {
    expect(await tensorsOf(zipFile([matrix, vector], { zip64: true }))).toEqual(expected)
  })

  it('the content decides, not the extension', async () => {
    const file = save(legacyFile([matrix, vector]), 'weights.safetensors')
    expect([...(await readWeights(file)).tensors]).toEqual(expected)
  })
})

describe.skipIf(withoutPretrained)('real files', () => {
  it('reads a CIFAR ResNet in the legacy format', async () => {
    const { tensors, sha256 } = await readWeights(pretrained('resnet20-12fca82f.th'))
    expect(tensors.size).toBe(19 + 19 * 4 + 2)
    expect(tensors.get('linear.weight')?.shape).toEqual([10, 64])
    expect(sha256.slice(0, 8)).toBe('12fca82f')
    for (const [name, { data, shape }] of tensors) {
      expect(data.length, name).toBe(shape.reduce((a, b) => a * b, 1))
      expect(data.every(Number.isFinite), name).toBe(true)
      if (name.endsWith('running_var'))
        expect(
          data.every((value) => value >= 0),
          name,
        ).toBe(true)
    }
  })

  it('answers damage in its structure with a Failure or tensors, never with a crash', async () => {
    const whole = readFileSync(pretrained('resnet20-12fca82f.th'))
    for (let at = 0; at < 14000; at += 211) {
      const damaged = Buffer.from(whole)
      damaged[at] ^= 0x55
      const outcome = await readWeights(save(damaged, 'damaged')).catch((error: unknown) => error)
      if (outcome instanceof Error)
        expect(outcome.name, `${at}: ${outcome.message}`).toBe('Failure')
    }
  })
})

// Keras .h5 files that are wrong: cut short, damaged, hostile, or of something else. Made here by
// the HDF5 library itself, or out of the files that Keras wrote.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import * as hdf5 from 'h5wasm/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { readWeights } from '../../../../../main/engine/weights/formats/readWeights'
import { seededRandom } from '../../../../../shared/random'
import { Failure } from '../../../../../shared/failure'
import { readStart, unpacked } from './fixtures'
import { failureOf, temporaryFolder } from '../temporaryFolder'
import { describeReason, type Reason } from '../../../../../shared/reason'

const { path, save } = temporaryFolder()
beforeAll(() => hdf5.ready)

type Shapes = Readonly<Record<string, readonly number[]>>

/** A file in Keras's layout: `conv1_conv/kernel` and the like, by layer and variable. */
function kerasFile(shapes: Shapes, change: (file: hdf5.File) => void = () => undefined): string {
  const target = path()
  const file = new hdf5.File(target, 'w')
  const layers = [...new Set(Object.keys(shapes).map((name) => name.split('/')[0]!))]
  file.create_attribute('layer_names', layers)
  for (const layer of layers) {
    const names = Object.keys(shapes).filter((name) => name.startsWith(`${layer}/`))
    const group = file.create_group(layer)
    group.create_attribute(
      'weight_names',
      names.map((name) => `${name}:0`),
    )
    group.create_group(layer)
    for (const name of names) {
      const shape = [...shapes[name]!]
      const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i)
      file.create_dataset({ name: `${layer}/${name}:0`, data, shape })
    }
  }
  change(file)
  file.close()
  return target
}

const reasonOf = async (file: string) => {
  const failure = await failureOf(readWeights(file))
  return [failure.code, describeReason(failure.details.reason as Reason)]
}

describe('names and layouts', () => {
  it('kernels come out-first; the first of a v1 network is turned from blue first to red first', async () => {
    const file = kerasFile({
      'conv1_conv/kernel': [1, 1, 3, 2],
      'conv1_bn/gamma': [2],
      'conv3_block2_1_conv/kernel': [1, 2, 1, 2],
      'probs/kernel': [2, 3],
    })
    const { tensors } = await readWeights(file)
    expect([...tensors]).toEqual([
      ['conv1.weight', { shape: [2, 3, 1, 1], data: Float32Array.of(4, 2, 0, 5, 3, 1) }],
      ['bn1.weight', { shape: [2], data: Float32Array.of(0, 1) }],
      ['layer2.1.conv1.weight', { shape: [2, 1, 1, 2], data: Float32Array.of(0, 2, 1, 3) }],
      ['fc.weight', { shape: [3, 2], data: Float32Array.of(0, 3, 1, 4, 2, 5) }],
    ])
  })

  it('a v2 block counts its norms from the one before it, and sees red first', async () => {
    const file = kerasFile({
      'conv1_conv/kernel': [1, 1, 3, 1],
      'conv2_block1_preact_bn/beta': [1],
      'conv2_block1_0_conv/bias': [1],
      'conv2_block1_1_bn/moving_mean': [1],
      'conv2_block1_2_bn/moving_variance': [1],
      'post_bn/gamma': [1],
    })
    const { tensors } = await readWeights(file)
    expect([...tensors.keys()]).toEqual([
      'conv1.weight',
      'layer1.0.bn1.bias',
      'layer1.0.downsample.0.bias',
      'layer1.0.bn2.running_mean',
      'layer1.0.bn3.running_var',
      'norm.weight',
    ])
    expect([...tensors.get('conv1.weight')!.data]).toEqual([0, 1, 2])
  })
})

// Files of h5py 3.16 (create_dataset with external=, create_virtual_dataset), deflated: gamma:0 of
// eight float32 lies in /tmp/restage-outside.bin, or is mapped from values in /tmp/restage-outside.h5.
const outside = {
  external: [
    'eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KOrhQ+TD5BCjNCKU7oPQKJpg4M1hOAiouADVfgRlVf0iQqytI9X80ALPHgQ',
    '1CczCMgpEIPFwdA0B0BJQPS08nmFDVJefnlRnGJ+UxoKVLBzLtFYSmV/R0zQM1kRHI4gC6JiexMrUoPi8xN7UYLC7M',
    'CEmrjIyMKO5gRHMnrvzRwU5i/uAczR+j+QORP2Cl+AtWVHXpibm5iVYG8HToQaG9wX7+LoxA02DproEZNZ2vgPJPsI',
    '7GETHlDHp4IcoZXnA5U56amZ5RgihoQOUMO55yBhHfbBAxRpg8pMSB6YPFH4xmBsqDZAQV5IFtAnCNzSDOwSBeD5Vn',
    'BaoEyTMxMYENYGfQAPMhmJHhBwf28kgBbg/EfmZGWEmmgKYygi75RQMtvCQ4UdXpl+QW6BelFpckpqfq5peWFGempO',
    'olZebhSv8v2EfTMjkAABBechs=',
  ].join(''),
  virtual: [
    'eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KHKRQ+TD5BCjNCKU7oPQKJpg4M1hOAiouADVfgRlVf0iQqytI9X80ALPHgQ',
    '1CczCMgpEIPFwdA0B0BJQPS08nmFDVJefnlRnGJ+UxoKVLBzLtFYSmV/R0zQM1kRHI4gC6JiexMrUoPi8xN7UYLC7M',
    'CEmrjIyMKO5gRHMnrvzRwU5a/vghMZo/RvMHIn/ASvEXrKjq0hNzcxOtDODp0INCe4P9/F0YgabB0l0DM2o6XwHln2',
    'AdjSNiyhn08EKUM7zgcqY8NTM9owRR0IDKGXY85QwivtkgYowweUiBAdMHiz8YzQyUB8kIKsgD2wTgGptBnINBvB4q',
    'zwpUCZJnYmZihOiDuJ+F+QcHsguEoCaCeIZhbNnAFDIowtvd2d+HESmjwMIrBr3i0C/JLdAvSi0uSUxP1c0vLSnOTE',
    'nVyzBlKEvMKQVGATOSUhBgQuILQNkwPiieeqfztyC7o4F/NO2PglEwCkbBKBgFo2AUjIJRMApGwSgYBbQC6ONWL9hH',
    'w4QcAAAEGW/1',
  ].join(''),
}

describe('what is refused', () => {
  it('values that are stored in another file: external storage, virtual data sets', async () => {
    const stored = ['/tmp/restage-outside.bin', '/tmp/restage-outside.h5'] as const
    writeFileSync(stored[0], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8))
    const mapped = new hdf5.File(stored[1], 'w')
    mapped.create_dataset({ name: 'values', data: new Float32Array(8), shape: [8] })
    mapped.close()
    try {
      const [external, virtual] = [outside.external, outside.virtual].map((text) =>
        save(inflateSync(Buffer.from(text, 'base64'))),
      )
      expect(await reasonOf(external!)).toEqual([
        'weights-format',
        'its HDF5 structure is damaged, or leads out of the file',
      ])
      expect(await reasonOf(virtual!)).toEqual([
        'weights-format',
        'gamma:0 keeps its values outside of the file',
      ])
    } finally {
      for (const path of stored) rmSync(path, { force: true })
    }
  })

  it('a path round a circle of groups, and one layer named without end', async () => {
    const renamed = (change: (file: hdf5.File) => void) =>
      kerasFile({ 'conv1_bn/gamma': [1] }, (file) => {
        file.delete_attribute('layer_names')
        change(file)
      })
    const circle = renamed((file) => {
      file.create_hard_link('/', 'loop')
      file.create_attribute('layer_names', [`${'loop/'.repeat(1000)}conv1_bn`])
    })
    expect((await reasonOf(circle))[1]).toBe('its groups are nested without end')
    const twice = renamed((file) => file.create_attribute('layer_names', ['conv1_bn', 'conv1_bn']))
    expect((await reasonOf(twice))[1]).toBe('it names a layer twice')
    const many = renamed((file) => {
      for (let part = 0; part < 50; part++)
        file.create_attribute(`layer_names${part}`, Array<string>(1000).fill('conv1_bn'))
    })
    expect((await reasonOf(many))[1]).toBe('it names too many layers or variables')
  })

  it('another network, by the first tensor that it has no name for', async () => {
    expect(await reasonOf(kerasFile({ 'block1_conv1/kernel': [3, 3, 3, 64] }))).toEqual([
      'weights-architecture',
      'block1_conv1/kernel is in no ResNet of keras.applications',
    ])
  })

  it('a relative, by the first tensor that differs, with both shapes', async () => {
    const file = kerasFile({
      'conv1_conv/kernel': [7, 7, 3, 32],
      'conv1_conv/bias': [32],
      'conv2_block1_3_conv/kernel': [1, 1, 64, 256],
      'conv2_block2_3_conv/kernel': [1, 1, 64, 256],
      'conv2_block3_3_conv/kernel': [1, 1, 64, 256],
    })
    expect((await failureOf(readStart(file))).message).toBe(
      'conv1.weight has shape 32 x 3 x 7 x 7, but resnet50 needs 64 x 3 x 7 x 7.',
    )
  })

  it('HDF5 that is not Keras’s, or of its newer layout', async () => {
    const other = kerasFile({}, (file) => file.delete_attribute('layer_names'))
    expect((await reasonOf(other))[1]).toMatch(/none with the weights of a Keras model/)
    const newer = kerasFile({}, (file) => {
      file.delete_attribute('layer_names')
      file.create_group('layers')
    })
    expect((await reasonOf(newer))[1]).toMatch(/Keras 3’s own layout/)
  })

  it('a link that leads out of the file', async () => {
    const secret = kerasFile({ 'conv1_conv/kernel': [1, 1, 3, 2] })
    const file = kerasFile({ 'conv1_bn/gamma': [2] }, (opened) => {
      opened.delete_attribute('layer_names')
      opened.create_attribute('layer_names', ['conv1_conv'])
      opened.create_external_link(secret, '/conv1_conv', 'conv1_conv')
    })
    expect(existsSync(secret)).toBe(true)
    expect(await reasonOf(file)).toEqual(['weights-format', 'the layer conv1_conv is missing'])
  })

  it('names that all refer to one long text', async () => {
    const count = 3000
    const file = kerasFile({ 'conv1_bn/gamma': [1] }, (opened) => {
      opened.delete_attribute('layer_names')
      opened.create_attribute('layer_names', Array<string>(count).fill('x'.repeat(99)))
      opened.create_attribute('long', ['y'.repeat(200_000)])
    })
    // A reference is 16 bytes, and begins with the length of its text.
    const bytes = readFileSync(file)
    const begins = (at: number, lengths: readonly number[]) =>
      lengths.includes(bytes.readUInt32LE(at)) && bytes.readUInt32LE(at + 4) < bytes.length
    const all = [...Array(bytes.length - 48).keys()]
    const long = all.find((at) => begins(at, [200_000, 200_001]))!
    const first = all.find((at) => [0, 16, 32].every((more) => begins(at + more, [99, 100])))!
    for (let i = 0; i < count; i++) bytes.copy(bytes, first + 16 * i, long, long + 16)
    expect(await reasonOf(save(bytes))).toEqual([
      'weights-format',
      'its HDF5 structure is damaged, or leads out of the file',
    ])
  })

  it('a small file that asks for much memory, and numbers that are none', async () => {
    const named = (change: (file: hdf5.File) => void) =>
      kerasFile({ 'conv1_bn/gamma': [1] }, (file) => {
        const layer = file.get('conv1_bn') as hdf5.Group
        layer.delete_attribute('weight_names')
        layer.create_attribute('weight_names', ['x'])
        change(file)
      })
    const bomb = named((file) =>
      file.create_dataset({
        name: 'conv1_bn/x',
        data: new Float32Array(4_000_000),
        shape: [4_000_000],
        chunks: [1_000_000],
        compression: 'gzip',
      }),
    )
    expect((await reasonOf(bomb))[1]).toBe('its tensors are larger than the file')
    const text = named((file) => file.create_dataset({ name: 'conv1_bn/x', data: ['a', 'b'] }))
    expect((await reasonOf(text))[1]).toBe('x holds no float32')
    const missing = named(() => undefined)
    expect((await reasonOf(missing))[1]).toBe('x is missing')
  })

  it('a file that is cut short, wherever it is cut', async () => {
    const whole = unpacked('keras-resnet50v2-notop.h5')
    for (const length of [10, 60, 2048, 100_000, whole.length - 1]) {
      const failure = await failureOf(readWeights(save(whole.subarray(0, length), 'cut.h5')))
      expect(failure.code).toBe('weights-truncated')
      if (length > 48) expect(failure.message).toContain(`${length} of ${whole.length} bytes`)
    }
  })

  it('damage never is more than a failure, and the next file is read all the same', async () => {
    const shapes = { 'conv1_conv/kernel': [7, 7, 3, 64], 'conv1_bn/gamma': [64] } as const
    const good = kerasFile(shapes)
    const bytes = readFileSync(good)
    const random = seededRandom('damage')
    let refused = 0
    for (let round = 0; round < 400; round++) {
      const damaged = Uint8Array.from(bytes)
      for (let i = 0; i < 12; i++) damaged[8 + random.integer(6000)] = random.integer(256)
      const outcome = await readWeights(save(damaged, 'damaged.h5')).then(
        () => null,
        (error: unknown) => error,
      )
      if (outcome === null) continue
      expect(outcome).toBeInstanceOf(Failure)
      refused++
    }
    expect(refused).toBeGreaterThan(10)
    expect((await readWeights(good)).tensors.size).toBe(2)
  })
})

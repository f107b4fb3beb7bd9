// Keras .h5 files that are wrong: cut short, damaged, hostile, or of something else. Made here by
// the HDF5 library itself, or out of the files that Keras wrote.
import { existsSync, readFileSync } from 'node:fs'
import * as hdf5 from 'h5wasm/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { readWeights } from '../../../../../main/engine/weights/formats/readWeights'
import { seededRandom } from '../../../../../shared/random'
import { Failure } from '../../../../../shared/failure'
import { readStart, unpacked } from './fixtures'
import { failureOf, temporaryFolder } from '../temporaryFolder'

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
  return [failure.code, failure.details.reason]
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

describe('what is refused', () => {
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
    expect(await reasonOf(file)).toEqual([
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

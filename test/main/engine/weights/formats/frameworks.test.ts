// Files of the real frameworks, read and run: the engine must say what the framework said of the
// same pixels, which covers names, layouts, strides, epsilons, biases and preprocessing at once.
import { describe, expect, it } from 'vitest'
import type { Tensor } from '@tensorflow/tfjs-node-gpu'
import { softmax } from '../../../../../shared/statistics/metrics'
import { writeTfjs } from '../../../../../main/engine/export/tfjs'
import { loadTensorflow } from '../../../../../main/engine/tensorflow/load'
import { relativeError } from '../../graph/smallNetworks'
import { generatedPixels, networkOf, ownOutput, readStart, saidOf, unpacked } from './fixtures'
import { failureOf, temporaryFolder } from '../temporaryFolder'

const { path, save } = temporaryFolder()

describe('the frameworks’ own files', () => {
  it.each([
    ['keras-resnet50.h5', 'resnet50', 'keras', true],
    ['keras-resnet50v2.h5', 'resnet50v2', 'keras', true],
    ['keras-resnet50v2-notop.h5', 'resnet50v2', 'keras', false],
    ['torchvision-resnet18.pth', 'resnet18', 'standard', true],
    ['torchvision-resnet18-legacy.pth', 'resnet18', 'standard', true],
    ['timm-resnet18.safetensors', 'resnet18', 'standard', true],
  ] as const)('%s', async (...row) => {
    const [name, architecture, flavour, hasHead] = row
    const said = saidOf(name)
    const weights = await readStart(save(unpacked(name), name))
    expect(weights).toMatchObject({ architecture, flavour, hasHead, cut: null })
    const own = await ownOutput(weights, said)
    expect(relativeError(own, said.output.flat()), said.framework).toBeLessThan(1e-4)
  })

  it.each(['keras-resnet50.h5', 'keras-resnet50v2.h5'])(
    '%s, exported to TensorFlow.js, still says what Keras said',
    async (name) => {
      const said = saidOf(name)
      const weights = await readStart(save(unpacked(name), name))
      const classes = said.output[0]!.map((_, i) => String(i))
      const network = networkOf(weights, said)
      await writeTfjs(path('tfjs'), { network, tensors: weights.tensors, classes, resize: 32 })
      const tf = await loadTensorflow()
      const model = await tf.loadGraphModel(tf.io.fileSystem(path('tfjs/model.json')))
      const { pictures, size } = said
      const pixels = Float32Array.from(generatedPixels(said))
      const own = model.predict(tf.tensor4d(pixels, [pictures, size, size, 3]))
      const expected = softmax(Float32Array.from(said.output.flat()), classes.length)
      expect(relativeError((own as Tensor).dataSync() as Float32Array, [...expected])).toBeLessThan(
        1e-3,
      )
      model.dispose()
    },
  )

  it('a deep stem is refused by the tensor that tells it, with both shapes', async () => {
    const name = 'timm-resnet18d.safetensors'
    const failure = await failureOf(readStart(save(unpacked(name), name)))
    expect(failure.message).toBe(
      'conv1.weight has shape 32 x 3 x 3 x 3 (as conv1.0.weight), but resnet18 needs 64 x 3 x 7 x 7.',
    )
  })
})

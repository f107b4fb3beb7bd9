// Values given to a variable still belong to the caller: TensorFlow neither keeps using their memory
// nor frees it later from one of its threads.
import { expect, it } from 'vitest'
import { openTrainer } from '../../../../main/engine/tensorflow/trainer'
import { headTraining, smallNetwork } from '../graph/smallNetworks'

it('copies what it is given, wherever that lies in memory', async () => {
  const { network, tensors } = smallNetwork('resnet20')
  const trainer = await openTrainer({ ...headTraining, network, tensors })
  const shape = tensors.get('fc.bias')!.shape
  const memory = new ArrayBuffer(1024)
  const kept: number[] = []
  // One of these begins at a multiple of 64 bytes, where TensorFlow would share it.
  for (let place = 0; place < 16; place++) {
    const data = new Float32Array(memory, place * 4, shape[0]).fill(1)
    trainer.assign(new Map([['fc.bias', { shape, data }]]))
    data.fill(2)
    kept.push(trainer.read().get('fc.bias')!.data[0]!)
  }
  trainer.dispose()
  expect(kept).toEqual(Array(16).fill(1))
})

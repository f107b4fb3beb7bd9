// A stranger to Restage: loads an exported model with stock TensorFlow.js and nothing of ours, and
// prints what it makes of pixels. `node reloadTfjs.mjs MODEL_FOLDER PIXELS SIDE`; PIXELS is a file of
// SIDE x SIDE x 3 bytes; prints the probabilities as a JSON array.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'

const [folder = '', pixelFile = '', side = ''] = process.argv.slice(2)
const model = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'))
const shards = model.weightsManifest.flatMap((group) => group.paths)
const weights = Buffer.concat(shards.map((name) => readFileSync(join(folder, name))))

await tf.setBackend('cpu')
const graph = await tf.loadGraphModel({
  load: async () => ({
    modelTopology: model.modelTopology,
    format: model.format,
    signature: model.signature,
    userDefinedMetadata: model.userDefinedMetadata,
    weightSpecs: model.weightsManifest.flatMap((group) => group.weights),
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length),
  }),
})
const pixels = Float32Array.from(readFileSync(pixelFile))
const output = graph.predict(tf.tensor4d(pixels, [1, Number(side), Number(side), 3]))
process.stdout.write(JSON.stringify(Array.from(await output.data())))

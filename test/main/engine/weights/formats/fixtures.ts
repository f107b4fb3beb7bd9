// Weights files that real frameworks wrote, with what those frameworks say of generated pixels:
// made by bench/peers/fixtures/*.py, packed with brotli.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { openInference } from '../../../../../main/engine/tensorflow/inference'
import { buildNetwork } from '../../../../../main/engine/network/family'
import { splitNetwork } from '../../../../../main/engine/network/layers'
import {
  startingWeights,
  type StartingWeights,
} from '../../../../../main/engine/weights/startingWeights'

const folder = resolve(process.cwd(), 'test/fixtures/weights')

export interface Said {
  readonly framework: string
  readonly size: number
  readonly pictures: number
  /** A row a picture: logits, or pooled features of a file without a head. */
  readonly output: readonly (readonly number[])[]
}

export const unpacked = (name: string): Uint8Array =>
  brotliDecompressSync(readFileSync(join(folder, `${name}.br`)))

export const saidOf = (name: string) =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Said

export const readStart = (path: string): Promise<StartingWeights> =>
  startingWeights(
    { folder, assets: folder },
    { weights: path, architecture: null, cut: null, seed: 0 },
  )

/** The network of a file: whole with its own head, or up to the pooled features. */
export function networkOf(weights: StartingWeights, { size, output }: Said) {
  const { architecture, flavour, cut, hasHead } = weights
  const whole = buildNetwork({ architecture, flavour, cut, size, classes: output[0]!.length })
  return hasHead ? whole : splitNetwork(whole, 'head').below
}

/** What the engine says of the same pixels, rows one after the other. */
export async function ownOutput(weights: StartingWeights, said: Said): Promise<Float32Array> {
  const network = networkOf(weights, said)
  const { tensors } = weights
  const options = { network, tensors, precision: 'float32', input: 'pixels' } as const
  const inference = await openInference(options)
  try {
    return inference.run({ pixels: generatedPixels(said) }, said.pictures)
  } finally {
    inference.dispose()
  }
}

/** Bytes from the golden generator (shared/golden/README.md), as values.py makes them. */
export function generatedPixels({ size, pictures }: Pick<Said, 'size' | 'pictures'>): Uint8Array {
  let seed = 0x811c9dc5
  for (const byte of Buffer.from('pixels')) seed = Math.imul(seed ^ byte, 0x01000193)
  return Uint8Array.from({ length: pictures * size * size * 3 }, (_, i) => {
    const a = (seed + Math.imul(i + 1, 0x6d2b79f5)) | 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.min(255, Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** 24))
  })
}

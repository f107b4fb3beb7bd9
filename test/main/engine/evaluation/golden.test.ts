// The engine against PyTorch's numbers and published weights; needs ../shared.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeSquare } from '../../../../main/engine/pictures/decode'
import { goldenCases } from '../../../../main/engine/evaluation/golden'
import { largest } from '../../../../shared/statistics/metrics'
import { openInference } from '../../../../main/engine/tensorflow/inference'
import { buildNetwork } from '../../../../main/engine/network/family'
import { splitNetwork } from '../../../../main/engine/network/layers'
import { startingWeights } from '../../../../main/engine/weights/startingWeights'
import { relativeError } from '../graph/smallNetworks'
import { assets } from '../training/leafRun'

const shared = resolve(process.cwd(), '../shared')
const golden = join(shared, 'golden')
const missing = !existsSync(golden) || !existsSync(join(shared, 'pretrained'))
if (missing) process.stderr.write('skipped: ../shared is missing\n')
const json = <T>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as T
const weightsAt = (name: string) =>
  startingWeights(
    { folder: shared, assets },
    { weights: join(shared, 'pretrained', name), architecture: null, cut: null, seed: 1 },
  )

describe.skipIf(missing)('golden', () => {
  it.each([
    ['float32', 'forward/', 5],
    ['float32', 'train/resnet18', 5],
    ['float32', 'train/resnet50', 5],
    ['bfloat16', 'forward/resnet18', 1],
    ['bfloat16', 'train/resnet18/head-only', 1],
  ] as const)('%s %s', async (precision, only, expected) => {
    const cases = []
    for await (const result of goldenCases(golden, { salt: 0, only, precision })) {
      const { name, error, tolerance, pass } = result
      expect(pass, `${name}: ${error} of ${tolerance}`).toBe(true)
      cases.push(result)
    }
    expect(cases).toHaveLength(expected)
    if (precision === 'bfloat16') expect(cases[0]!.error).toBeGreaterThan(1e-4)
  })

  it('real photos have the features that PyTorch found', async () => {
    const { features } = json<{ features: Record<string, number[]> }>(
      join(golden, 'photo-features.json'),
    )
    const { tensors, architecture, cut } = await weightsAt(
      'resnet50v2-imagenet-to-layer3.safetensors',
    )
    expect([architecture, cut]).toEqual(['resnet50v2', 'layer3'])
    const network = buildNetwork({ architecture, cut, size: 224, classes: 2 })
    const { below } = splitNetwork(network, 'head')
    const inference = await openInference({
      network: below,
      tensors,
      precision: 'float32',
      input: 'pixels',
    })
    for (const [name, expected] of Object.entries(features)) {
      const raw = await sharp(join(golden, 'photos', name))
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      expect([raw.info.width, raw.info.height]).toEqual([224, 224])
      const own = inference.run({ pixels: new Uint8Array(raw.data) }, 1)
      expect(relativeError(own, expected), name).toBeLessThan(1e-4)
    }
    inference.dispose()
  })

  it.each([
    ['resnet20', 'resnet20-12fca82f.th'],
    ['resnet32', 'resnet32-d509ac18.th'],
    ['resnet44', 'resnet44-014dd654.th'],
    ['resnet56', 'resnet56-4bfd9763.th'],
  ] as const)('published %s names as many of 1,000 pictures right', async (depth, file) => {
    const { models } = json<{
      models: Record<
        string,
        { correct_of_1000: number; first_of_class_logits: Record<string, number[]> }
      >
    }>(join(golden, 'cifar.json'))
    const expected = models[depth]!
    const { tensors, architecture, hasHead } = await weightsAt(file)
    expect([architecture, hasHead]).toEqual([depth, true])
    const network = buildNetwork({ architecture, size: 32, classes: 10 })
    const inference = await openInference({
      network,
      tensors,
      precision: 'float32',
      input: 'pixels',
    })
    const root = join(shared, 'data', 'cifar10-sample')
    let correct = 0
    for (const [label, name] of readdirSync(root).sort().entries()) {
      const files = readdirSync(join(root, name)).sort()
      const pixels = await Promise.all(
        files.map((file) => decodeSquare(join(root, name, file), { resize: 32, crop: 32 })),
      )
      const logits = inference.run({ pixels: new Uint8Array(Buffer.concat(pixels)) }, files.length)
      for (let n = 0; n < files.length; n++)
        if (largest(logits.subarray(n * 10, n * 10 + 10)) === label) correct++
      expected.first_of_class_logits[name]!.forEach((value, c) =>
        expect(Math.abs(logits[c]! - value), `${name} ${c}`).toBeLessThan(0.05),
      )
    }
    inference.dispose()
    expect(Math.abs(correct - expected.correct_of_1000)).toBeLessThanOrEqual(5)
  })
})

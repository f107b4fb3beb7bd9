// What a person freezes stays: every tensor of the trained file is held against the starting file by
// its hash, for any subset of stages and either mode of their batch norms.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { networkParameters } from '../../../../main/engine/network/layers'
import { runPaths } from '../../../../main/engine/runFiles/runFolder'
import type { Samples } from '../../../../main/engine/plan/samples'
import { readSafetensors } from '../../../../main/engine/weights/formats/safetensors'
import type { Stage } from '../../../../shared/network'
import type { RunRequest } from '../../../../shared/runConfig'
import { assets, leafRun, leafSamples } from './leafRun'
import { temporaryFolder } from '../weights/temporaryFolder'

const { folder: root } = temporaryFolder()
let samples: Samples
let before: ReadonlyMap<string, string>
const starter = join(assets, 'starter/starter-resnet18-to-layer3.safetensors')

const hash = ({ data }: { data: Float32Array }) =>
  createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex')
async function hashesOf(path: string) {
  const { tensors } = await readSafetensors(path)
  return new Map([...tensors].map(([name, tensor]) => [name, hash(tensor)]))
}

beforeAll(async () => {
  samples = await leafSamples(root)
  before = await hashesOf(starter)
})

/** Which kinds of tensors of each backbone stage changed. */
async function changes(name: string, request: RunRequest) {
  const { folder, settings } = await leafRun({
    root,
    name,
    samples,
    request: { epochs: 1, learningRate: 0.01, ...request },
  })
  const after = await hashesOf(runPaths(folder).weights)
  const changed: Partial<Record<Stage, Set<string>>> = {}
  for (const { name: tensor, stage, statistic } of networkParameters(settings.network)) {
    if (stage === 'head') continue
    const differs = after.get(tensor) !== before.get(tensor)
    const kind = `${statistic ? 'statistics' : 'weights'} ${differs ? 'changed' : 'kept'}`
    changed[stage] = (changed[stage] ?? new Set()).add(kind)
  }
  return Object.fromEntries(
    Object.entries(changed).map(([stage, kinds]) => [stage, [...kinds].sort()]),
  )
}
const kept = ['statistics kept', 'weights kept']
const trained = ['statistics changed', 'weights changed']

const stages = ['stem', 'layer1', 'layer2', 'layer3'] as const
const subsets = Array.from({ length: 16 }, (_, bits) => stages.filter((_, i) => bits & (1 << i)))

describe('any subset', () => {
  it.each(subsets.map((frozen) => [frozen.join(' ') || 'none', frozen] as const))(
    'frozen: %s',
    async (name, frozen) => {
      const seen = await changes(`subset-${name}`, { frozen: [...frozen] })
      const expected = stages.map((stage) => [stage, frozen.includes(stage) ? kept : trained])
      expect(seen).toEqual(Object.fromEntries(expected))
    },
  )
})

it('batch norms follow the batch in a frozen stage, and keep still in one that trains', async () => {
  const seen = await changes('modes', {
    frozen: ['stem', 'layer1', 'layer2'],
    batchNorm: { layer1: 'batch', layer3: 'moving' },
  })
  expect(seen).toEqual({
    stem: kept,
    layer1: ['statistics changed', 'weights kept'],
    layer2: kept,
    layer3: ['statistics kept', 'weights changed'],
  })
})

it('all frozen stages follow the batch where that is asked', async () => {
  const seen = await changes('batch', { frozen: [...stages], frozenBatchNorm: 'batch' })
  for (const stage of stages) expect(seen[stage]).toEqual(['statistics changed', 'weights kept'])
})

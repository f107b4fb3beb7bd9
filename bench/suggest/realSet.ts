// A real labelled set from ../shared with its features, computed once into a cache that is kept in
// RESTAGE_BENCH_HOME (or the system's temporary folder) from one bench to the next.
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openFingerprints } from '../../main/engine/pictures/fingerprint'
import { processorHasBfloat16 } from '../../main/engine/device/hardware'
import { FeatureTable } from '../../main/engine/suggest/featureTable'
import { fillTable } from '../../main/engine/suggest/fillTable'
import type { Matrix } from '../../main/engine/heads/logisticHead'
import { openBackbone } from '../../main/engine/features/openBackbone'
import { labelledFolder } from '../../main/engine/dataset/labelledFolder'
import { shootBursts } from './shootBursts'

export const sharedFolder = resolve('../shared')
export const setFolder = (name: string) => join(sharedFolder, 'data', name)
export const hasSet = (name: string) => existsSync(setFolder(name))

export const backbones = {
  starter: 'starter',
  resnet50v2: join(sharedFolder, 'pretrained', 'resnet50v2-imagenet-to-layer3.safetensors'),
} as const
export type BackboneName = keyof typeof backbones

export interface RealSet {
  readonly paths: readonly string[]
  /** Class of each path. */
  readonly labels: readonly number[]
  readonly classes: number
  /** First row of the same scene; a row's own index unless it is part of a burst. */
  readonly scenes: readonly number[]
  /** Standardised, one row a path. */
  readonly matrix: Matrix
}

const benchHome = () => {
  const folder = process.env.RESTAGE_BENCH_HOME ?? join(tmpdir(), 'restage-bench')
  mkdirSync(join(folder, 'cache', 'features'), { recursive: true })
  return { folder, assets: resolve('assets') }
}

export async function featuresOf(
  paths: readonly string[],
  backbone: BackboneName,
): Promise<FeatureTable> {
  const home = benchHome()
  const { hash } = await openFingerprints(join(home.folder, 'fingerprints.jsonl'))
  const precision = processorHasBfloat16() ? 'bfloat16' : 'float32'
  const features = await openBackbone({
    home,
    weights: backbones[backbone],
    precision,
    pictures: paths.length,
    hash,
  })
  try {
    const table = new FeatureTable(features.length)
    const pictures = paths.map((path) => ({ id: path, path }))
    const signal = new AbortController().signal
    await fillTable({ features, table, pictures, signal, onProgress: () => undefined })
    return table
  } finally {
    await features.close()
  }
}

export async function realSet(
  name: string,
  backbone: BackboneName,
  { bursts = false } = {},
): Promise<RealSet> {
  const pictures = (await labelledFolder(setFolder(name))).sort((a, b) =>
    a.path < b.path ? -1 : 1,
  )
  const names = [...new Set(pictures.map(({ className }) => className))].sort()
  const originals = pictures.map(({ path }) => path)
  const shots = bursts
    ? await shootBursts(originals, join(benchHome().folder, 'bursts', name))
    : originals.map((path, scene) => ({ path, scene }))
  const paths = shots.map(({ path }) => path)
  const { matrix } = await featuresOf(paths, backbone)
  return {
    paths,
    labels: shots.map(({ scene }) => names.indexOf(pictures[scene]!.className)),
    scenes: shots.map(({ scene }) => scene),
    classes: names.length,
    matrix,
  }
}

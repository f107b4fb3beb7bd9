// From the name a person gives (a catalogue id or a file) to tensors that fit a network.
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../../shared/failure'
import type { Architecture, Cut, Flavour } from '../../../shared/network'
import type { RunConfig } from '../../../shared/runConfig'
import { catalogue, checksumOf, findInCatalogue, type CatalogueEntry } from './catalogue'
import { identifyWeights } from './identify'
import { isPublishedFile } from './publishedFile'
import { toTorchvisionNames } from './nameMap'
import { readWeights } from './formats/readWeights'
import type { Tensor } from '../network/tensor'
import { homePaths, type Home } from '../files/home'

export interface StartingWeights {
  readonly architecture: Architecture
  readonly flavour: Flavour
  readonly cut: Cut | null
  readonly hasHead: boolean
  readonly tensors: ReadonlyMap<string, Tensor>
  /** Names these exact weights in cache keys. */
  readonly fingerprint: string
  /** Side of the input they do best with, and of the picture it is cut from. */
  readonly size: number
  readonly resize: number
}

export const weightsPath = (home: Home, entry: CatalogueEntry) =>
  entry.kind === 'shipped'
    ? join(dirname(home.assets), entry.file)
    : join(homePaths(home).weights, entry.file)

/** Short names of the catalogue (resnet50) mean its first entry of that architecture. */
const findEntry = (name: string) =>
  findInCatalogue(name) ?? catalogue.find((entry) => entry.architecture === name)

/** The catalogue's entry of a published file under any name, for its resizing. */
const entryOfFile = (sha256: string) =>
  catalogue.find(
    (entry) =>
      entry.kind === 'download' &&
      entry.checksum.algorithm === 'sha256' &&
      sha256.startsWith(entry.checksum.digits),
  )

/** @throws {Failure} weights-missing, weights-damaged, file-missing, and what the readers throw */
export async function startingWeights(
  home: Home,
  config: Pick<RunConfig, 'weights' | 'architecture' | 'cut' | 'seed'>,
): Promise<StartingWeights> {
  const { weights } = config
  if (weights === null) return randomStart(config)
  // A file of the same name in the working folder is not meant.
  const entry = findEntry(weights)
  const path = entry ? weightsPath(home, entry) : weights
  if (!existsSync(path))
    throw entry
      ? new Failure('weights-missing', { name: entry.title })
      : new Failure('weights-missing', { name: basename(weights) })
  if (entry && !(await isPublishedFile(path, checksumOf(entry))))
    throw new Failure('weights-damaged', { path })
  const file = await readWeights(path)
  const tensors = toTorchvisionNames(file.tensors)
  const { architecture, flavour, cut, hasHead } = identifyWeights(tensors, path)
  const preprocessing = (entry ?? entryOfFile(file.sha256))?.preprocessing
  const size = preprocessing?.size ?? nativeSize(architecture)
  return {
    architecture,
    flavour,
    hasHead,
    tensors,
    size,
    cut: hasHead || cut === lastStage(architecture) ? null : cut,
    fingerprint: file.sha256,
    resize: preprocessing?.resize ?? shorterSide(size),
  }
}

function randomStart({
  architecture,
  cut,
  seed,
}: Pick<RunConfig, 'architecture' | 'cut' | 'seed'>): StartingWeights {
  const chosen = architecture ?? 'resnet18'
  const size = nativeSize(chosen)
  return {
    architecture: chosen,
    flavour: 'standard',
    cut,
    hasHead: false,
    tensors: new Map(),
    fingerprint: `random-${seed}`,
    size,
    resize: shorterSide(size),
  }
}

const isCifar = (architecture: Architecture) =>
  ['resnet20', 'resnet32', 'resnet44', 'resnet56', 'resnet110'].includes(architecture)
export const lastStage = (architecture: Architecture): Cut =>
  isCifar(architecture) ? 'layer3' : 'layer4'
const nativeSize = (architecture: Architecture) => (isCifar(architecture) ? 32 : 224)

/** The usual 256 for 224; small inputs show the whole picture. */
export const shorterSide = (size: number) => (size >= 160 ? Math.round((size * 8) / 7) : size)

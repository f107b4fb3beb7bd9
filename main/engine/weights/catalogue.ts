// The weights that the app knows by name: the shipped starter, and the official ImageNet weights
// of torchvision and keras.applications to download. torchvision publishes the first eight digits of
// each SHA-256, in the file's name; the full ones here are what independent projects measured of the
// same files, and begin with those digits. Of ResNet-152 V2 only the published digits are known. Keras
// publishes MD5s (keras/src/applications/resnet.py). Numbers: https://pytorch.org/vision/stable/models.html and https://keras.io/api/applications.
// How pixels enter is not said here: it follows from the architecture and its flavour.
import type { Architecture, Cut, Flavour } from '../../../shared/network'
import type { Checksum } from '../files/wholeFiles'

export interface Preprocessing {
  /** Side in pixels that the shorter edge is resized to, before the centre crop of `size`. */
  readonly resize: number
  readonly size: number
}

interface CommonEntry {
  /** What the command line and run.json call it. */
  readonly id: string
  readonly title: string
  readonly architecture: Architecture
  readonly flavour: Flavour
  /** The last stage in the file; null: the whole network with its 1000-way head. */
  readonly cut: Cut | null
  /** Size of the file; for downloads four bytes a parameter, right to one per cent. */
  readonly bytes: number
  readonly licence: string
  readonly source: string
  readonly preprocessing: Preprocessing
  /** Per cent on ImageNet-1K's validation pictures; null where it was never measured. */
  readonly top1: number | null
}

export interface ShippedWeights extends CommonEntry {
  readonly kind: 'shipped'
  /** Relative to the app's folder. */
  readonly file: string
  readonly sha256: string
}

export interface DownloadableWeights extends CommonEntry {
  readonly kind: 'download'
  readonly url: string
  /** Base name on this computer, as published. */
  readonly file: string
  readonly checksum: Checksum
}

export type CatalogueEntry = ShippedWeights | DownloadableWeights

const starter: ShippedWeights = {
  kind: 'shipped',
  id: 'starter',
  title: 'Starter (ResNet-18 to layer3)',
  architecture: 'resnet18',
  flavour: 'standard',
  cut: 'layer3',
  bytes: 5_599_128,
  licence: 'MIT',
  source: 'Shipped with Restage; trained on Tiny-ImageNet-200',
  preprocessing: { resize: 128, size: 128 },
  top1: null,
  file: 'assets/starter/starter-resnet18-to-layer3.safetensors',
  sha256: '45bd4785e37523837256240a4dec764ebe7be4ae5bd9a703f6712f09fc4fff74',
}

interface Published {
  readonly architecture: 'resnet18' | 'resnet34' | 'resnet50' | 'resnet101' | 'resnet152'
  readonly version: 1 | 2
  /** SHA-256 in full, or as many digits of it as are known. */
  readonly sha256: string
  readonly parameters: number
  readonly top1: number
}

const published: readonly Published[] = [
  {
    architecture: 'resnet18',
    version: 1,
    sha256: 'f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec',
    parameters: 11_689_512,
    top1: 69.758,
  },
  {
    architecture: 'resnet34',
    version: 1,
    sha256: 'b627a593bcbe140c234610266fe4f8ae95ea42fc881d091c9b6052e6b1d0590f',
    parameters: 21_797_672,
    top1: 73.314,
  },
  {
    architecture: 'resnet50',
    version: 1,
    sha256: '0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a',
    parameters: 25_557_032,
    top1: 76.13,
  },
  {
    architecture: 'resnet50',
    version: 2,
    sha256: '11ad3fa62ca79e40addfd354a8ec4b7c75143b3038b8d2a807fbc68deab379ca',
    parameters: 25_557_032,
    top1: 80.858,
  },
  {
    architecture: 'resnet101',
    version: 1,
    sha256: '63fe2227b86e8f1f2063f43a75c84d195911b6a0eace650907dd3dc62dd49a0a',
    parameters: 44_549_160,
    top1: 77.374,
  },
  {
    architecture: 'resnet101',
    version: 2,
    sha256: 'cd907fc2a0de2292b2ba2b27d2216bc672d84632d1cf20058d01c0c03b5e020e',
    parameters: 44_549_160,
    top1: 81.886,
  },
  {
    architecture: 'resnet152',
    version: 1,
    sha256: '394f9c45966e3651a89bbb78a48410a6755854ce4a5ab64927cf1c7247f85e58',
    parameters: 60_192_808,
    top1: 78.312,
  },
  {
    architecture: 'resnet152',
    version: 2,
    sha256: 'f82ba261',
    parameters: 60_192_808,
    top1: 82.284,
  },
]

function official({
  architecture,
  version,
  sha256,
  parameters,
  top1,
}: Published): DownloadableWeights {
  const file = `${architecture}-${sha256.slice(0, 8)}.pth`
  return {
    kind: 'download',
    id: `${architecture}-imagenet${version === 2 ? '-v2' : ''}`,
    title: `${architecture.replace('resnet', 'ResNet-')} ImageNet${version === 2 ? ' V2' : ''}`,
    architecture,
    flavour: 'standard',
    cut: null,
    bytes: parameters * 4,
    licence: 'BSD-3-Clause',
    source: 'torchvision, download.pytorch.org',
    // The second recipe resizes to 232 for the same crop.
    preprocessing: { resize: version === 2 ? 232 : 256, size: 224 },
    top1,
    url: `https://download.pytorch.org/models/${file}`,
    file,
    checksum: { algorithm: 'sha256', digits: sha256 },
  }
}

interface PublishedByKeras {
  readonly architecture: Extract<
    Architecture,
    'resnet50' | 'resnet101' | 'resnet152' | `${string}v2`
  >
  readonly md5: string
  /** As Keras counts: the running statistics too. */
  readonly parameters: number
  readonly top1: number
}

const publishedByKeras: readonly PublishedByKeras[] = [
  {
    architecture: 'resnet50',
    md5: '2cb95161c43110f7111970584f804107',
    parameters: 25_636_712,
    top1: 74.9,
  },
  {
    architecture: 'resnet101',
    md5: 'f1aeb4b969a6efcfb50fad2f0c20cfc5',
    parameters: 44_707_176,
    top1: 76.4,
  },
  {
    architecture: 'resnet152',
    md5: '100835be76be38e30d865e96f2aaae62',
    parameters: 60_419_944,
    top1: 76.6,
  },
  {
    architecture: 'resnet50v2',
    md5: '3ef43a0b657b3be2300d5770ece849e0',
    parameters: 25_613_800,
    top1: 76.0,
  },
  {
    architecture: 'resnet101v2',
    md5: '6343647c601c52e1368623803854d971',
    parameters: 44_675_560,
    top1: 77.2,
  },
  {
    architecture: 'resnet152v2',
    md5: 'a49b44d1979771252814e80f8ec446f9',
    parameters: 60_380_648,
    top1: 78.0,
  },
]

function officialOfKeras({
  architecture,
  md5,
  parameters,
  top1,
}: PublishedByKeras): DownloadableWeights {
  const file = `${architecture}_weights_tf_dim_ordering_tf_kernels.h5`
  return {
    kind: 'download',
    id: `${architecture}-keras`,
    title: `${architecture.replace('resnet', 'ResNet-').replace('v2', ' v2')} ImageNet, Keras`,
    architecture,
    flavour: 'keras',
    cut: null,
    bytes: parameters * 4,
    // Of keras-applications, the repository that released the files.
    licence: 'MIT',
    source: 'keras.applications, storage.googleapis.com',
    // Measured on one centre crop of 224.
    preprocessing: { resize: 256, size: 224 },
    top1,
    url: `https://storage.googleapis.com/tensorflow/keras-applications/resnet/${file}`,
    file,
    checksum: { algorithm: 'md5', digits: md5 },
  }
}

export const catalogue: readonly CatalogueEntry[] = [
  starter,
  ...published.map(official),
  ...publishedByKeras.map(officialOfKeras),
]

/** The entry of an id, or undefined. */
export const findInCatalogue = (id: string): CatalogueEntry | undefined =>
  catalogue.find((entry) => entry.id === id)

export const checksumOf = (entry: CatalogueEntry): Checksum =>
  entry.kind === 'shipped' ? { algorithm: 'sha256', digits: entry.sha256 } : entry.checksum

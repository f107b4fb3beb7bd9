// The weights that the app knows by name: the shipped starter, and torchvision's official
// ImageNet weights to download. torchvision publishes only the first eight digits of each
// SHA-256, in the file's name. Numbers: the model pages of
// https://pytorch.org/vision/stable/models.html
import type { Architecture, Cut } from '../../../shared/network'

export interface Preprocessing {
  /** Side in pixels that the shorter edge is resized to, before the centre crop of `size`. */
  readonly resize: number
  readonly size: number
  /** Of RGB values in 0..1. */
  readonly mean: readonly [number, number, number]
  readonly deviation: readonly [number, number, number]
}

interface CommonEntry {
  /** What the command line and run.json call it. */
  readonly id: string
  readonly title: string
  readonly architecture: Architecture
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
  readonly sha256Prefix: string
}

export type CatalogueEntry = ShippedWeights | DownloadableWeights

const imagenetColours = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
} as const

const starter: ShippedWeights = {
  kind: 'shipped',
  id: 'starter',
  title: 'Starter (ResNet-18 to layer3)',
  architecture: 'resnet18',
  cut: 'layer3',
  bytes: 5_599_128,
  licence: 'MIT',
  source: 'Shipped with Restage; trained on Tiny-ImageNet-200',
  preprocessing: { resize: 128, size: 128, ...imagenetColours },
  top1: null,
  file: 'assets/starter/starter-resnet18-to-layer3.safetensors',
  sha256: '45bd4785e37523837256240a4dec764ebe7be4ae5bd9a703f6712f09fc4fff74',
}

interface Published {
  readonly architecture: 'resnet18' | 'resnet34' | 'resnet50' | 'resnet101' | 'resnet152'
  readonly version: 1 | 2
  readonly hash: string
  readonly parameters: number
  readonly top1: number
}

const published: readonly Published[] = [
  { architecture: 'resnet18', version: 1, hash: 'f37072fd', parameters: 11_689_512, top1: 69.758 },
  { architecture: 'resnet34', version: 1, hash: 'b627a593', parameters: 21_797_672, top1: 73.314 },
  { architecture: 'resnet50', version: 1, hash: '0676ba61', parameters: 25_557_032, top1: 76.13 },
  { architecture: 'resnet50', version: 2, hash: '11ad3fa6', parameters: 25_557_032, top1: 80.858 },
  { architecture: 'resnet101', version: 1, hash: '63fe2227', parameters: 44_549_160, top1: 77.374 },
  { architecture: 'resnet101', version: 2, hash: 'cd907fc2', parameters: 44_549_160, top1: 81.886 },
  { architecture: 'resnet152', version: 1, hash: '394f9c45', parameters: 60_192_808, top1: 78.312 },
  { architecture: 'resnet152', version: 2, hash: 'f82ba261', parameters: 60_192_808, top1: 82.284 },
]

function official({
  architecture,
  version,
  hash,
  parameters,
  top1,
}: Published): DownloadableWeights {
  const file = `${architecture}-${hash}.pth`
  return {
    kind: 'download',
    id: `${architecture}-imagenet${version === 2 ? '-v2' : ''}`,
    title: `${architecture.replace('resnet', 'ResNet-')} ImageNet${version === 2 ? ' V2' : ''}`,
    architecture,
    cut: null,
    bytes: parameters * 4,
    licence: 'BSD-3-Clause',
    source: 'torchvision, download.pytorch.org',
    // The second recipe resizes to 232 for the same crop.
    preprocessing: { resize: version === 2 ? 232 : 256, size: 224, ...imagenetColours },
    top1,
    url: `https://download.pytorch.org/models/${file}`,
    file,
    sha256Prefix: hash,
  }
}

export const catalogue: readonly CatalogueEntry[] = [starter, ...published.map(official)]

/** The entry of an id, or undefined. */
export const findInCatalogue = (id: string): CatalogueEntry | undefined =>
  catalogue.find((entry) => entry.id === id)

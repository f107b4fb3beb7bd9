// Weights alone under torchvision's names, batch norms as they are; the head's standardisation is
// folded into fc, so a plain torchvision ResNet (cut where this one is) loads the file.
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { foldBatchNorms } from '../network/fold'
import type { Colours, Network } from '../network/layers'
import type { Tensor, Tensors } from '../network/tensor'
import { writeSafetensors } from '../weights/formats/safetensors'

export const weightsFile = 'model.safetensors'

/** The network's tensors with the head's norm folded into its dense layer. */
export function publishedTensors(network: Network, tensors: Tensors): Map<string, Tensor> {
  const head = { ...network, layers: network.layers.filter((layer) => layer.stage === 'head') }
  const own = new Map(
    [...tensors].filter(([name]) => name.startsWith('fc.') || name.startsWith('head_norm.')),
  )
  const folded = foldBatchNorms(head, own).tensors
  return new Map([...[...tensors].filter(([name]) => !own.has(name)), ...folded])
}

interface Published {
  readonly network: Network
  readonly tensors: Tensors
  readonly classes: readonly string[]
  /** The shorter side to which a photo is resized before the centre square is cut. */
  readonly resize: number
}

export async function writePublished(
  folder: string,
  { network, tensors, classes, resize }: Published,
): Promise<number> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, weightsFile)
  await writeSafetensors(path, publishedTensors(network, tensors), {
    architecture: network.architecture,
    flavour: network.flavour,
    cut: network.cut ?? '',
    classes: JSON.stringify(classes),
    size: String(network.size),
    resize: String(resize),
    layout: 'OIHW',
    input: describeColours(network.colours),
    generator: 'Restage',
  })
  return (await stat(path)).size
}

/** `RGB 0-1, mean 0.485 0.456 0.406, std 0.229 0.224 0.225` */
const describeColours = ({ mean, deviation }: Colours) => {
  const list = (values: readonly number[]) => values.map((v) => Number(v.toFixed(6))).join(' ')
  return `RGB 0-1, mean ${list(mean)}, std ${list(deviation)}`
}

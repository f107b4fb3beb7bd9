// Other people's names for the same tensors, to torchvision's: conv1, bn1, layerS.B.convN, bnN,
// downsample.0 (convolution) and .1 (batch norm), fc. Shapes and layouts are the same everywhere.
import type { Tensor } from '../network/tensor'

const renames: readonly (readonly [RegExp, string])[] = [
  // The CIFAR ResNets of resnet{20..110}-*.th call the classifier and the shortcut so.
  [/^linear\./, 'fc.'],
  [/^(layer\d+\.\d+)\.shortcut\./, '$1.downsample.'],
]

/** The same tensors under torchvision's names; names that need no change stay. */
export const toTorchvisionNames = (
  tensors: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor> =>
  new Map([...tensors].map(([name, tensor]) => [torchvisionName(name), tensor]))

const torchvisionName = (name: string) =>
  renames.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), name)

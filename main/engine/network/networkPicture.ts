// The picture of a network that the window draws, added up from its layers.
import {
  stages,
  type BlockPicture,
  type NetworkPicture,
  type StagePicture,
} from '../../../shared/network'
import { multiplyAdds } from './work'
import { parametersOf, type Layer, type MapShape, type Network } from './layers'
import { elementCount } from './tensor'

const sum = (layers: readonly Layer[], count: (layer: Layer) => number) =>
  layers.reduce((total, layer) => total + count(layer), 0)
const parameters = (layer: Layer) =>
  parametersOf(layer).reduce(
    (total, { shape, statistic }) => total + (statistic ? 0 : elementCount(shape)),
    0,
  )
const outputOf = (layers: readonly Layer[]): [number, number, number] => {
  const [height, width, channels]: MapShape = layers[layers.length - 1]!.output
  return [height, width, channels]
}

export function pictureOf(network: Network, classes: number): NetworkPicture {
  const { architecture, cut, size, layers } = network
  return {
    architecture,
    cut,
    size,
    classes,
    parameters: sum(layers, parameters),
    multiplyAdds: sum(layers, multiplyAdds),
    stages: stages
      .map((stage) => layers.filter((layer) => layer.stage === stage))
      .filter((list) => list.length > 0)
      .map(stagePicture),
  }
}

function stagePicture(layers: readonly Layer[]): StagePicture {
  const blocks = [
    ...new Set(layers.map((layer) => layer.block).filter((name): name is string => name !== null)),
  ]
  return {
    stage: layers[0]!.stage,
    parameters: sum(layers, parameters),
    multiplyAdds: sum(layers, multiplyAdds),
    output: outputOf(layers),
    blocks: blocks.map((name) =>
      blockPicture(
        name,
        layers.filter((layer) => layer.block === name),
      ),
    ),
  }
}

function blockPicture(name: string, layers: readonly Layer[]): BlockPicture {
  const has = (test: (layer: Layer) => boolean) => layers.some(test)
  return {
    name,
    shortcut: has((layer) => layer.kind === 'paddingShortcut')
      ? 'padding'
      : has((layer) => layer.name.includes('downsample'))
        ? 'projection'
        : 'identity',
    convolutions: layers.flatMap((layer) =>
      layer.kind === 'convolution'
        ? [
            {
              name: layer.name,
              kernel: layer.kernel,
              stride: layer.stride,
              input: layer.channels,
              output: layer.output[2],
            },
          ]
        : [],
    ),
    output: outputOf(layers),
    parameters: sum(layers, parameters),
    multiplyAdds: sum(layers, multiplyAdds),
  }
}

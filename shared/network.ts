// The family of networks as names, and the picture of one network that the window draws. Computed
// by the engine from its list of layers; nothing here knows how a ResNet is built.
import { z } from 'zod'

export const imagenetArchitectures = [
  'resnet18',
  'resnet34',
  'resnet50',
  'resnet101',
  'resnet152',
] as const
export const preActivationArchitectures = [
  'resnet18v2',
  'resnet34v2',
  'resnet50v2',
  'resnet101v2',
  'resnet152v2',
] as const
export const cifarArchitectures = [
  'resnet20',
  'resnet32',
  'resnet44',
  'resnet56',
  'resnet110',
] as const
export const architectures = [
  ...imagenetArchitectures,
  ...preActivationArchitectures,
  ...cifarArchitectures,
] as const
export const Architecture = z.enum(architectures)
export type Architecture = z.infer<typeof Architecture>

/** Whose reading of the papers: torchvision's (and timm's, GluonCV's v2), or keras.applications'. */
export const Flavour = z.enum(['standard', 'keras'])
export type Flavour = z.infer<typeof Flavour>

export const stages = ['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head'] as const
export const Stage = z.enum(stages)
export type Stage = z.infer<typeof Stage>

export const Cut = z.enum(['layer1', 'layer2', 'layer3', 'layer4'])
export type Cut = z.infer<typeof Cut>

/** How a picture of twice the side is seen: as a whole at half its resolution, or its middle as it is. */
export const View = z.enum(['whole', 'closer'])
export type View = z.infer<typeof View>

export const BlockPicture = z.object({
  name: z.string(),
  shortcut: z.enum(['identity', 'projection', 'padding']),
  convolutions: z.array(
    z.object({
      name: z.string(),
      kernel: z.number(),
      stride: z.number(),
      input: z.number(),
      output: z.number(),
    }),
  ),
  /** Height, width, channels of what the block puts out. */
  output: z.tuple([z.number(), z.number(), z.number()]),
  parameters: z.number(),
  multiplyAdds: z.number(),
})
export type BlockPicture = z.infer<typeof BlockPicture>

export const StagePicture = z.object({
  stage: Stage,
  parameters: z.number(),
  /** Multiply-adds of one photo, forward. */
  multiplyAdds: z.number(),
  output: z.tuple([z.number(), z.number(), z.number()]),
  blocks: z.array(BlockPicture),
})
export type StagePicture = z.infer<typeof StagePicture>

export const NetworkPicture = z.object({
  architecture: Architecture,
  cut: Cut.nullable(),
  size: z.number(),
  classes: z.number(),
  parameters: z.number(),
  multiplyAdds: z.number(),
  stages: z.array(StagePicture),
})
export type NetworkPicture = z.infer<typeof NetworkPicture>

/** Weights that can be had: shipped, on this computer, or to be downloaded. */
export const WeightsChoice = z.object({
  id: z.string(),
  title: z.string(),
  architecture: Architecture,
  flavour: Flavour,
  cut: Cut.nullable(),
  size: z.number(),
  bytes: z.number(),
  licence: z.string(),
  source: z.string(),
  top1: z.number().nullable(),
  state: z.enum(['here', 'downloadable', 'downloading']),
})
export type WeightsChoice = z.infer<typeof WeightsChoice>

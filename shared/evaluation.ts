// Results of a model: its evaluation on a split, and its predictions for pictures.
import { z } from 'zod'
import { PictureId, Split } from './dataset'
import { Figure } from './figure'
import { Reason } from './reason'

export const ClassScores = z.object({
  name: z.string(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  support: z.number(),
})
export type ClassScores = z.infer<typeof ClassScores>

export const JudgedPicture = z.object({
  pictureId: PictureId,
  truth: z.number(),
  predicted: z.number(),
  confidence: z.number(),
})
export type JudgedPicture = z.infer<typeof JudgedPicture>

/** What the judged photos did in the run, which decides what its figures are worth. Of each judged photo
 *  one of the first five counts. */
export const Basis = z.object({
  /** Neither taught the model nor chose it. */
  unseen: z.number(),
  /** Validated: they chose the epoch that was kept. */
  chose: z.number(),
  /** Taught the model; judged by heads that had not seen them. */
  outOfFold: z.number(),
  /** Taught the model, and are judged by it all the same: no measure of new photos. */
  trained: z.number(),
  /** The run does not say which photos it trained on. */
  unknown: z.number(),
  /** Of the judged photos: added since the run began, and of another class since. */
  addedSince: z.number(),
  relabelled: z.number(),
  /** Photos that were asked for and are not judged, because they taught the model. */
  leftOut: z.number(),
})
export type Basis = z.infer<typeof Basis>

/** `confusion[truth][predicted]` counts photos. */
export const Evaluation = z.object({
  runId: z.string(),
  split: Split,
  accuracy: z.number(),
  /** 95 % interval of the accuracy. */
  low: z.number(),
  high: z.number(),
  basis: Basis,
  /** Where judged photos chose the epoch: the run's own figure, which no choice made better. */
  figure: Figure.nullable(),
  classes: z.array(z.string()),
  confusion: z.array(z.array(z.number())),
  perClass: z.array(ClassScores),
  pictures: z.array(JudgedPicture),
})
export type Evaluation = z.infer<typeof Evaluation>

/** Accuracy on `pictures` photos with all blocks, and with one switched off at a time. */
export const BlockEffects = z.object({
  runId: z.string(),
  pictures: z.number(),
  accuracy: z.number(),
  blocks: z.array(z.object({ block: z.string(), accuracy: z.number() })),
})
export type BlockEffects = z.infer<typeof BlockEffects>

/** `problem` is set, and the rest empty, when the file cannot be read. */
export const Prediction = z.object({
  path: z.string(),
  label: z.string(),
  confidence: z.number(),
  scores: z.array(z.object({ label: z.string(), score: z.number() })),
  problem: Reason.nullable(),
})
export type Prediction = z.infer<typeof Prediction>

export const exportFormats = ['tfjs', 'safetensors'] as const
export const ExportFormat = z.enum(exportFormats)
export type ExportFormat = z.infer<typeof ExportFormat>

export const ExportResult = z.object({
  format: ExportFormat,
  path: z.string(),
  bytes: z.number(),
  maxDifference: z.number(),
  checkedOn: z.number(),
})
export type ExportResult = z.infer<typeof ExportResult>

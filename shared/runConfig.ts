// The settings of a training run: every one of the Train room and of `restage train`, with the default
// that a beginner gets. The room shows the source of each beside it.
import { z } from 'zod'
import { Architecture, Cut, Stage } from './network'

/** `moving`: batch norms use the stored statistics and do not update them; `batch`: they use the
 *  batch's, and update the stored running estimate. */
export const BatchNormMode = z.enum(['moving', 'batch'])

/** Random augmentation of photos, drawn from seed, epoch and photo (Shorten and Khoshgoftaar 2019). All
 *  zero: none. */
export const Augmentation = z.object({
  /** Mirrored, half of the time; `both`: upside down, too (Krizhevsky et al. 2012, section 4.1). */
  flip: z.enum(['none', 'horizontal', 'both']).default('none'),
  /** Cuts away up to this share of the area (Szegedy et al. 2015, section 6). */
  crop: z.number().min(0).max(0.9).default(0),
  /** Instead of `crop`, and of the whole photo and not of its centre square: leaves out up to this share of
   *  the area, sides as 3 to 4 up to 4 to 3 (Szegedy et al. 2015, section 6). */
  resizedCrop: z.number().min(0).max(0.92).default(0),
  /** Nearer or farther by up to this share; what lies beyond the edge is mirrored. */
  zoom: z.number().min(0).max(0.5).default(0),
  /** Degrees to either side. */
  rotate: z.number().min(0).max(180).default(0),
  /** Factors of 1 minus to 1 plus this, as torchvision's ColorJitter (Howard 2013). Contrast is around
   *  middle grey, saturation around a pixel's own grey. */
  brightness: z.number().min(0).max(0.9).default(0),
  contrast: z.number().min(0).max(0.9).default(0),
  saturation: z.number().min(0).max(1).default(0),
  /** Share of the colour circle to either side, as a turn around the grey axis (Haeberli 1993). */
  hue: z.number().min(0).max(0.5).default(0),
  /** Share of photos with a rectangle blanked, 2 to 33 % of the area: no single part may be enough to
   *  tell a class (Zhong et al. 2020). */
  erase: z.number().min(0).max(1).default(0),
  /** Share of photos with one operation more, of random kind and strength: turned, sheared, shifted, or of
   *  other brightness, contrast or saturation (TrivialAugment, Mueller and Hutter 2021). */
  trivial: z.number().min(0).max(1).default(0),
})
export type Augmentation = z.infer<typeof Augmentation>
export const namedAugmentations = ['none', 'basic', 'strong'] as const
export const augmentations = {
  none: Augmentation.parse({}),
  basic: Augmentation.parse({ flip: 'horizontal', crop: 0.4 }),
  strong: Augmentation.parse({
    flip: 'horizontal',
    crop: 0.6,
    rotate: 15,
    brightness: 0.2,
    contrast: 0.2,
    saturation: 0.2,
    hue: 0.02,
    erase: 0.25,
  }),
} as const
export const isAugmented = (augmentation: Augmentation) =>
  Object.values(augmentation).some((value) => value !== 0 && value !== 'none')

/** A part of a run with its own frozen stages: it continues with the weights of the leg before it. */
export const Leg = z.object({
  frozen: z.array(Stage),
  epochs: z.number().int().min(1).max(10_000),
  learningRate: z.number().positive().max(10).nullable().default(null),
  multipliers: z.partialRecord(Stage, z.number().min(0).max(100)).default({}),
})
export type Leg = z.infer<typeof Leg>

export const presets = ['quick', 'balanced', 'thorough'] as const
export const Preset = z.enum(presets)
export type Preset = z.infer<typeof Preset>

export const RunConfig = z.object({
  /** The preset that the values came from, for display only; null: set by hand. */
  preset: Preset.nullable().default(null),
  /** How a head is found: by gradient steps, or exactly, as the solution of a logistic regression whose
   *  penalty is chosen by cross-validation. Where stages below it train, too, they start from the exact
   *  head, which is solved again above what they became (Kumar et al. 2022). */
  solver: z.enum(['gradient', 'exact']).default('gradient'),
  /** A catalogue id, a file's path, or null for a random start. */
  weights: z.string().nullable().default('starter'),
  /** null: that of the weights. */
  architecture: Architecture.nullable().default(null),
  cut: Cut.nullable().default(null),
  /** null: every stage but the head. */
  frozen: z.array(Stage).nullable().default(null),
  frozenBatchNorm: BatchNormMode.default('moving'),
  /** For single stages; one that is not named uses the batch's statistics where it trains (not
   *  above a lone head), and `frozenBatchNorm` where it is frozen. */
  batchNorm: z.partialRecord(Stage, BatchNormMode).default({}),
  epochs: z.number().int().min(1).max(10_000).default(25),
  /** How often an epoch shows each photo: with few photos, epochs of more than a few steps. */
  passes: z.number().int().min(1).max(1000).default(1),
  batch: z.number().int().min(1).max(1024).default(32),
  optimizer: z.enum(['sgd', 'adamw']).default('sgd'),
  /** null: chosen by the optimiser and by whether the head trains alone. */
  learningRate: z.number().positive().max(10).nullable().default(null),
  momentum: z.number().min(0).max(0.999).default(0.9),
  weightDecay: z.number().min(0).max(1).default(1e-4),
  /** Learning-rate multipliers of stages; a stage that is not named has 0.1 below the head. */
  multipliers: z.partialRecord(Stage, z.number().min(0).max(100)).default({}),
  /** One after the other, instead of `frozen`, `epochs`, `learningRate` and `multipliers`. */
  legs: z.array(Leg).min(1).max(8).nullable().default(null),
  /** How the rate goes over a leg: half a cosine to zero (Loshchilov and Hutter 2017); up for 30 % of
   *  the steps and down again, its own warm-up (Smith and Topin 2018, PyTorch's numbers); the same all
   *  along. */
  schedule: z.enum(['cosine', 'oneCycle', 'constant']).default('cosine'),
  /** Whether biases and batch norms decay too: few numbers, which decay only hinders (He et al. 2019,
   *  section 3.1). */
  decayAll: z.boolean().default(false),
  /** Largest norm of all gradients together, so that one unusual batch cannot make training diverge
   *  (Pascanu et al. 2013); null: not clipped. */
  clipNorm: z.number().positive().max(1000).nullable().default(null),
  /** Share of the target spread evenly over all classes, for better calibration (Szegedy et al. 2016,
   *  section 7). */
  labelSmoothing: z.number().min(0).max(0.5).default(0),
  /** What is done for small classes: their loss weighs more (King and Zeng 2001), or an epoch has as
   *  many photos of each class, some of large classes left out and those of small ones again (Buda et
   *  al. 2018). */
  balance: z.enum(['none', 'weights', 'sampling']).default('none'),
  /** Photos, or their cached features (Verma et al. 2019), mixed in pairs together with their labels:
   *  as a whole (Zhang et al. 2018), or a box of one in the other (Yun et al. 2019; features without
   *  height and width are mixed as a whole). */
  mix: z.enum(['none', 'mixup', 'cutmix']).default('none'),
  /** Shares are drawn from Beta(alpha, alpha): small, most photos stay nearly whole. */
  mixAlpha: z.number().positive().max(4).default(0.2),
  /** Epochs without a better validation loss after which training ends; null: never. */
  patience: z.number().int().min(1).max(1000).nullable().default(null),
  /** Decay of the running average of the weights, which is then evaluated and saved instead of the
   *  weights (Polyak and Juditsky 1992); null: no average. In the first steps the decay is at most
   *  (1 + step) / (10 + step). */
  averaging: z.number().min(0).max(0.9999).nullable().default(null),
  /** Predictions are the mean of those for a photo and its mirror image (Krizhevsky et al. 2012, section
   *  4.1): takes twice the time; exports do not do it. */
  testTimeFlips: z.boolean().default(false),
  /** Smaller pictures in the first half of the epochs (Howard 2018; Touvron et al. 2019). */
  progressiveResizing: z.boolean().default(false),
  /** Minutes between checkpoints within an epoch; 0: one after every step. */
  checkpointMinutes: z.number().min(0).max(600).default(5),
  /** Share of a leg's steps in which the rate rises to its full height (Goyal et al. 2017). */
  warmupFraction: z.number().min(0).max(0.5).default(0.05),
  /** Side of the square input in pixels; null: what the weights do best with. */
  size: z.number().int().min(32).max(1024).nullable().default(null),
  precision: z.enum(['auto', 'float32', 'bfloat16']).default('auto'),
  augment: z
    .union([z.enum(namedAugmentations).transform((name) => augmentations[name]), Augmentation])
    .default(augmentations.none),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
  valFraction: z.number().gt(0).lt(0.9).default(0.2),
})
export type RunConfig = z.infer<typeof RunConfig>
export type RunRequest = z.input<typeof RunConfig>

/** Whether the head is solved exactly, and nothing else trains. */
export const isSolved = (
  { solver, legs }: Pick<RunConfig, 'solver' | 'legs'>,
  trains: readonly Stage[],
) => solver === 'exact' && legs === null && trains.length === 1 && trains[0] === 'head'

/** Whether stages are tuned from an exactly solved head on, and kept only where that wins. */
export const isTuned = (
  { solver, legs }: Pick<RunConfig, 'solver' | 'legs'>,
  trains: readonly Stage[],
) => solver === 'exact' && legs === null && trains.length > 1

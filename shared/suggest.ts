// What a network knows about the pictures before any training: which look alike, which class an
// unlabelled one probably has, which to label next. All of it is computed from features, which the engine
// computes once in the background; calls answer from the features that exist already.
import { z } from 'zod'
import { ClassId, PictureId } from './dataset'

/** Progress of the features. `waiting`: a run is active; they are computed further when it has ended. `done` counts pictures of `total`, those that cannot be read included. */
export const SuggestState = z.object({
  state: z.enum(['idle', 'computing', 'waiting', 'ready', 'failed']),
  /** The weights that `prepare` was called with last; null before the first call. */
  weights: z.string().nullable(),
  done: z.number(),
  total: z.number(),
  /** Why it failed, in plain English; null otherwise. */
  message: z.string().nullable(),
})
export type SuggestState = z.infer<typeof SuggestState>

/** Cosine of the angle between two pictures' centred features: 1 for the same picture, about 0 for
 *  pictures that have nothing in common. */
export const Similar = z.object({ picture: PictureId, likeness: z.number() })
export type Similar = z.infer<typeof Similar>

/** The most probable class of an unlabelled picture, and how probable it is (0 to 1). */
export const Suggestion = z.object({
  picture: PictureId,
  classId: ClassId,
  confidence: z.number(),
})
export type Suggestion = z.infer<typeof Suggestion>

export const LabelSuggestions = z.object({
  /** Labelled pictures that the head was fitted on; 0 when fewer than two classes have any, and
   *  then there are no suggestions. */
  learntFrom: z.number(),
  /** Most confident first. */
  suggestions: z.array(Suggestion),
})
export type LabelSuggestions = z.infer<typeof LabelSuggestions>

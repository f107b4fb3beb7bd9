// What the network itself makes of the pictures, before any training: which look alike, which class
// an unlabelled one probably is, which are worth labelling next. All of it rests on features that
// the engine computes once in the background; the calls answer from those that are there already.
import { z } from 'zod'
import { ClassId, PictureId } from './dataset'

/** How far the features are. `waiting`: a run is going on, which has the computer to itself; they go
 *  on when it has ended. `done` counts pictures of `total`, those that cannot be read included. */
export const SuggestState = z.object({
  state: z.enum(['idle', 'computing', 'waiting', 'ready', 'failed']),
  /** What prepare was asked with; null before the first time. */
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

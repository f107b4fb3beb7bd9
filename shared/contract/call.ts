// What a call of the contract is, and the inputs that many calls share.
import { z } from 'zod'

export type Answerer = 'main' | 'engine'

/** `paths` names the file paths in an input, so that the router can hold them against what the
 *  person granted by dropping or choosing. */
export interface Call<A extends Answerer, I extends z.ZodType, O extends z.ZodType> {
  readonly by: A
  readonly input: I
  readonly output: O
  readonly paths?: (input: z.output<I>) => readonly string[]
}
export const call = <A extends Answerer, I extends z.ZodType, O extends z.ZodType>(
  definition: Call<A, I, O>,
) => definition
/** What of `weights` names a file: anything but the id of a catalogue entry. */
export const weightsFiles = (weights: string | null): readonly string[] =>
  weights === null || /^[a-z0-9-]{1,64}$/.test(weights) ? [] : [weights]
export const none = z.undefined()
export const nothing = z.null()
export const runId = z.string().min(1).max(64)
export const path = z.string().min(1).max(32_768)

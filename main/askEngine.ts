// Main asks the engine through the same contract as the window does: typed by name, the answer parsed.
import type { z } from 'zod'
import { calls, internalCalls, type Answer, type CallsBy } from '../shared/contract'
import { Failure, isFailureCode } from '../shared/failure'

type Definitions = Pick<typeof calls, CallsBy<'engine'>> & typeof internalCalls
type EngineCall = keyof Definitions

/** Rejects with the engine's failure, and with engine-stopped where there is no engine.
 *  @throws {Failure} what the call throws, engine-stopped */
export type AskEngine = <N extends EngineCall>(
  name: N,
  input: z.input<Definitions[N]['input']>,
) => Promise<z.output<Definitions[N]['output']>>

const definitions = { ...calls, ...internalCalls }

/** @param request sends a call to the engine; its answer is not parsed yet */
export const createAskEngine =
  (request: (name: string, input: unknown) => Promise<Answer<unknown>>): AskEngine =>
  async (name, input) => {
    const answer = await request(name, input)
    if (answer.ok) return definitions[name].output.parse(answer.value) as never
    if (isFailureCode(answer.code)) throw new Failure(answer.code, answer.details)
    throw new Error(answer.message)
  }

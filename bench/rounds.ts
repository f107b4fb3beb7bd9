// The inner side of a measurement: a process that does one round each time a line comes in, and
// answers with what it measured. bench/peers/rounds.py is the same for the peers.
import { createInterface } from 'node:readline'

/** Result of one round: `amount` done in `seconds`, and any further values of the work. */
export type Measurement = Readonly<Record<string, number>>
/** Does one round. */
export type Side = () => Measurement | Promise<Measurement>

/** Long enough that the clock's resolution does not matter. */
const secondsARound = 5

/** Runs `work` until a round is long enough; `amount` is what one run gets done. */
export async function repeated(
  amount: number,
  work: () => unknown,
): Promise<{ amount: number; seconds: number }> {
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1000
  let done = 0
  while (seconds() < secondsARound) {
    await work()
    done++
  }
  return { amount: done * amount, seconds: seconds() }
}

/** Answers every line of stdin with a round, until stdin ends. */
export async function serve(side: Side) {
  process.stdout.write(`${JSON.stringify({ ready: {} })}\n`)
  for await (const _ of createInterface({ input: process.stdin }))
    process.stdout.write(`${JSON.stringify(await side())}\n`)
}

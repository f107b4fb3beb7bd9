// The outer side of a measurement: programs that take turns, round by round, so that whatever slows
// the machine for a while slows all of them. One that fails is reported and dropped; the others continue.
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { start, type Child } from './children'
import type { Measurement } from './rounds'

export interface Entrant {
  readonly who: string
  readonly command: readonly [program: string, ...args: string[]]
}
export interface Outcome {
  readonly who: string
  /** Empty when it failed; `failure` then says why. */
  readonly rounds: readonly Measurement[]
  readonly versions: Readonly<Record<string, string>>
  readonly failure: string | null
}

const Ready = z.object({ ready: z.record(z.string(), z.string()) })
const Measured = z.record(z.string(), z.number())
const lastWords = 400

/** Starts all, then runs `rounds` rounds of each in turn. */
export async function race(
  entrants: readonly Entrant[],
  rounds: number,
  say: (line: string) => void,
): Promise<Outcome[]> {
  const runners: Runner[] = []
  try {
    for (const entrant of entrants) {
      const runner = new Runner(entrant)
      runners.push(runner)
      await runner.ready()
      say(`${entrant.who} ${runner.failure ? `failed: ${runner.failure}` : 'is ready'}`)
    }
    for (let round = 1; round <= rounds; round++) {
      for (const runner of runners) {
        await runner.round()
        const { amount, seconds } = runner.rounds[runner.rounds.length - 1] ?? {}
        if (!runner.failure && amount && seconds)
          say(`${runner.who}, round ${round}: ${amount} in ${seconds.toFixed(1)} s`)
      }
    }
  } finally {
    for (const runner of runners) await runner.end()
  }
  return runners.map(({ who, rounds: measured, versions, failure }) => ({
    who,
    rounds: failure ? [] : measured,
    versions,
    failure,
  }))
}

/** One program, controlled by lines on its stdin. */
class Runner {
  readonly who: string
  readonly rounds: Measurement[] = []
  versions: Readonly<Record<string, string>> = {}
  failure: string | null = null
  private readonly child: Child
  private readonly lines: AsyncIterator<string>
  private complaint = ''

  constructor({ who, command }: Entrant) {
    this.who = who
    this.child = start(command)
    this.child.on('error', (error) => (this.failure ??= error.message))
    // The end of its output shows that the program has exited.
    this.child.stdin.on('error', () => undefined)
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.complaint = `${this.complaint}${chunk.toString()}`.slice(-lastWords)
    })
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
  }

  async ready() {
    const answer = Ready.safeParse(await this.answer())
    if (answer.success) this.versions = answer.data.ready
    else this.failure ??= this.complaint.trim() || 'it said nothing'
  }

  async round() {
    if (this.failure) return
    this.child.stdin.write('round\n')
    const answer = Measured.safeParse(await this.answer())
    if (answer.success) this.rounds.push(answer.data)
    else this.failure = this.complaint.trim() || 'it ended within a round'
  }

  /** Waits for its end, so that the next work finds the memory free. */
  async end() {
    const ended = new Promise((resolve) => this.child.once('close', resolve))
    if (this.child.exitCode !== null || this.child.pid === undefined) return
    this.child.stdin.end()
    const late = setTimeout(() => this.child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(late)
  }

  private async answer(): Promise<unknown> {
    const { done, value } = await this.lines.next()
    try {
      return done ? null : JSON.parse(value)
    } catch {
      return null
    }
  }
}

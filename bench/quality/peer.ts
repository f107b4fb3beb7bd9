// A Python program that learns from some photos and answers about others: one line of JSON a question, one a
// answer (bench/peers/answers.py is the other end).
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { z } from 'zod'
import { start, type Child } from '../children'
import type { Peers } from '../peers'

/** What a model says of the held-back photos: [photos][classes]. */
export const Answered = z.object({
  probabilities: z.array(z.array(z.number())),
  /** Of learning, not of answering. */
  seconds: z.number(),
  chose: z.string(),
})
export type Answered = z.infer<typeof Answered>

const lastWords = 2000

export class Peer {
  private readonly child: Child
  private readonly lines: AsyncIterator<string>
  private complaint = ''

  constructor({ python, scripts }: Peers, script: string, options: object) {
    this.child = start([python, join(scripts, script), JSON.stringify(options)])
    this.child.on('error', (error) => (this.complaint += error.message))
    // Where it has ended, the missing answer says so.
    this.child.stdin.on('error', () => undefined)
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.complaint = `${this.complaint}${chunk.toString()}`.slice(-lastWords)
    })
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
  }

  /** @throws Error with its last words when it ends instead of answering */
  async ask(question: object): Promise<Answered> {
    this.child.stdin.write(`${JSON.stringify(question)}\n`)
    const { done, value } = await this.lines.next()
    if (done) throw new Error(this.complaint.trim() || 'it ended without an answer')
    return Answered.parse(JSON.parse(value))
  }

  end() {
    this.child.stdin.end()
  }
}

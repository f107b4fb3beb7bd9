// What was measured, one line of JSON a measurement in a file that only grows: a measurement that stands
// there is not made again, so that a run that was cut off goes on where it was.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { Figure } from '../../shared/figure'

export const Size = z.union([z.number().int().positive(), z.literal('all')])

export const Measured = z.object({
  set: z.string(),
  /** Of the set's photos, by content. */
  content: z.string(),
  weights: z.string(),
  split: z.number(),
  size: Size,
  who: z.string(),
  classes: z.number(),
  taught: z.number(),
  heldBack: z.number(),
  accuracy: z.number(),
  balancedAccuracy: z.number(),
  logLoss: z.number(),
  ece: z.number(),
  seconds: z.number(),
  /** Of a preset: what the plan foretold. */
  secondsForetold: z.number().nullable().default(null),
  /** Of them: features that no cache held. */
  secondsFeatures: z.number().nullable().default(null),
  figure: Figure.nullable().default(null),
  /** What was chosen: views and penalty of a head, epochs of a recipe. */
  chose: z.string().default(''),
  date: z.string(),
  machine: z.string(),
  /** Processes that computed when it began, by the system's count. */
  load: z.number(),
  /** Commit of Restage. */
  version: z.string(),
})
export type Measured = z.infer<typeof Measured>
export type Key = Pick<Measured, 'set' | 'content' | 'weights' | 'split' | 'size' | 'who'>

const keyOf = ({ set, content, weights, split, size, who }: Key) =>
  JSON.stringify([set, content, weights, split, size, who])

export class Results {
  private readonly known = new Map<string, Measured>()

  constructor(private readonly file: string) {
    mkdirSync(dirname(file), { recursive: true })
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    for (const line of text.split('\n')) {
      const row = readRow(line)
      if (row) this.known.set(keyOf(row), row)
    }
  }

  get all(): readonly Measured[] {
    return [...this.known.values()]
  }

  find(key: Key): Measured | undefined {
    return this.known.get(keyOf(key))
  }

  /** Begins with a line break, so that a line that was cut off spoils only itself. */
  add(row: Measured) {
    appendFileSync(this.file, `\n${JSON.stringify(row)}`)
    this.known.set(keyOf(row), row)
  }
}

/** Null for a line that was cut off. */
function readRow(line: string): Measured | null {
  try {
    const parsed = Measured.safeParse(line ? JSON.parse(line) : null)
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

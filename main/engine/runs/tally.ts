// What a run's events add up to for the list of runs: a few numbers, kept up event by event, so that
// neither a run that goes on nor one with a hundred thousand steps is added up anew each time. What
// must stay true: it counts as reduceRun does; a run that goes on takes back what it does again.
import { readFile } from 'node:fs/promises'
import { nextStatus, RunEvent, type EventOf, type RunStatus } from '../../../shared/run'
import { runPaths } from '../runFiles/runFolder'

type Step = Pick<EventOf<'step'>, 'type' | 'sequence' | 'time' | 'epoch'>
/** Of a step no more is needed than this. */
export type TalliedEvent = Exclude<RunEvent, { type: 'step' }> | Step

/** Epochs are fractions that were divided. */
const hair = 1e-9

export class Tally {
  status: RunStatus = 'preparing'
  lastSequence = -1
  /** When it told something last, in ms; 0: never. */
  lastTime = 0
  /** Computing, pauses and what was done in vain left out. */
  seconds = 0
  epochs: EventOf<'epoch'>[] = []
  finished: EventOf<'finished'> | null = null
  failure: EventOf<'failed'> | null = null
  /** The last pause. */
  pause: EventOf<'paused'> | null = null
  /** How often it began or went on, and after how many epochs last. */
  starts = 0
  from = 0
  /** Epochs and seconds at each step and epoch that counts. */
  private readonly reached: (readonly [epoch: number, seconds: number])[] = []

  get best(): EventOf<'epoch'> | null {
    return this.epochs.filter(({ best }) => best).at(-1) ?? null
  }

  /** Events in order; one that came already is passed over. */
  add(event: TalliedEvent) {
    if (event.sequence <= this.lastSequence) return
    const computed = this.status === 'preparing' || this.status === 'running'
    if (event.type === 'started') this.begin(event)
    else if (computed) this.seconds += Math.max(0, event.time - this.lastTime) / 1000
    if (event.type === 'step' || event.type === 'epoch')
      this.reached.push([event.epoch, this.seconds])
    if (event.type === 'epoch') this.epochs.push(event)
    if (event.type === 'paused') this.pause = event
    if (event.type === 'failed') this.failure = event
    if (event.type === 'finished') {
      this.finished = event
      this.seconds = event.secondsTotal
    }
    this.status = nextStatus(this.status, event as RunEvent)
    this.lastSequence = event.sequence
    this.lastTime = event.time
  }

  private begin({ from }: EventOf<'started'>) {
    while (this.reached.length > 0 && this.reached.at(-1)![0] > from + hair) this.reached.pop()
    this.epochs = this.epochs.filter(({ epoch }) => epoch <= from + hair)
    this.seconds = this.reached.at(-1)?.[1] ?? 0
    this.finished = this.failure = null
    this.from = from
    this.starts++
  }
}

/** Lines that were cut off or are of another version are passed over; without a file: nothing. */
export async function readTally(folder: string): Promise<Tally> {
  const tally = new Tally()
  const text = await readFile(runPaths(folder).metrics, 'utf8').catch(() => '')
  for (const line of text.split('\n')) {
    const event = line === '' ? null : parse(line)
    if (event) tally.add(event)
  }
  return tally
}

function parse(line: string): TalliedEvent | null {
  try {
    const event: unknown = JSON.parse(line)
    return isStep(event) ? event : RunEvent.parse(event)
  } catch {
    return null
  }
}

/** Checked by hand: most lines are steps. */
function isStep(event: unknown): event is Step {
  const { type, sequence, time, epoch } = (event ?? {}) as Partial<Step>
  return (
    type === 'step' &&
    typeof sequence === 'number' &&
    typeof time === 'number' &&
    typeof epoch === 'number'
  )
}

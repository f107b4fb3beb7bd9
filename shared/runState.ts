// What a run's events add up to. This is the only place that adds them up: the window (through
// RunHistory), the list of runs, the command line and the exports all use it. What must stay true: an
// event costs the same after ten steps as after a hundred thousand.
import { GrowingColumns } from './growingColumns'
import type { EventOf, RunEvent } from './runEvents'

/** Of each step; `seconds` is how long the run had computed by then. */
const stepColumns = [
  'sequence',
  'time',
  'step',
  'epoch',
  'seconds',
  'loss',
  'accuracy',
  'learningRate',
  'imagesPerSecond',
] as const
export type StepColumn = (typeof stepColumns)[number]

/** `secondsSoFar` is how long the run had computed by the end of the epoch. */
export type EndedEpoch = EventOf<'epoch'> & { readonly secondsSoFar: number }

export type RunStatus = 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed'
export const isActive = (status: RunStatus) =>
  status === 'preparing' || status === 'running' || status === 'paused'

/** Whether a run has ended with an event of this type. */
export const isEnd = (type: RunEvent['type']) =>
  type === 'finished' || type === 'stopped' || type === 'failed'

/** A run that goes on from a checkpoint repeats what it had reported beyond it: steps, epochs and legs
 *  beyond the checkpoint are discarded, and so are `finished` and `failure`. */
export interface RunState {
  readonly runId: string
  readonly status: RunStatus
  /** Of the last event; -1 before the first. */
  readonly lastSequence: number
  /** Of the last event, in ms since 1970; 0 before the first. */
  readonly lastTime: number
  /** Milliseconds spent computing, excluding pauses and discarded work. */
  readonly computed: number
  /** How often the run started or went on, and the last time it did. */
  readonly starts: number
  readonly started: EventOf<'started'> | null
  readonly phase: EventOf<'phase'> | null
  readonly legs: readonly EventOf<'leg'>[]
  readonly steps: GrowingColumns<StepColumn>
  readonly epochs: readonly EndedEpoch[]
  /** The newest epoch that was the best when it ended. */
  readonly best: EndedEpoch | null
  /** Of an exactly solved head, in the order they were tried. */
  readonly penalties: readonly EventOf<'penalty'>[]
  readonly learningCurve: EventOf<'learningCurve'> | null
  /** Ways to train that the run tried, in order. */
  readonly candidates: readonly EventOf<'candidate'>[]
  readonly warnings: readonly EventOf<'warning'>[]
  readonly finished: EventOf<'finished'> | null
  readonly failure: EventOf<'failed'> | null
  /** The pause that it is in; null while it is not paused. */
  readonly rest: EventOf<'paused'> | null
}
/** A state that events are added to. */
export type GrowingState = {
  -readonly [K in keyof RunState]: RunState[K] extends readonly (infer E)[] ? E[] : RunState[K]
}

/** Adds up a run's events, in any order and with repeats (by sequence number). */
export function reduceRun(events: readonly RunEvent[]): RunState {
  const state = emptyRun()
  for (const event of inOrder(events)) addEvent(state, event)
  return state
}

/** By sequence number, without repeats. */
export function inOrder(events: readonly RunEvent[]): readonly RunEvent[] {
  if (events.every((event, i) => i === 0 || event.sequence > events[i - 1]!.sequence)) return events
  const bySequence = new Map(events.map((event) => [event.sequence, event]))
  return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence)
}

/** A run before its first event. */
export const emptyRun = (): GrowingState => ({
  runId: '',
  status: 'preparing',
  lastSequence: -1,
  lastTime: 0,
  computed: 0,
  starts: 0,
  started: null,
  phase: null,
  legs: [],
  steps: new GrowingColumns(stepColumns),
  epochs: [],
  best: null,
  penalties: [],
  learningCurve: null,
  candidates: [],
  warnings: [],
  finished: null,
  failure: null,
  rest: null,
})

/** Adds the next event to a state, in place. Events that are not newer than the last are ignored. */
export function addEvent(state: GrowingState, event: RunEvent): void {
  if (event.sequence <= state.lastSequence) return
  if (event.type === 'started') start(state, event)
  else countTime(state, event)
  keep(state, event)
  if (state.lastSequence < 0) state.runId = event.runId
  state.status = nextStatus(state.status, event)
  if (state.status !== 'paused') state.rest = null
  state.lastSequence = event.sequence
  state.lastTime = event.time
}

/** Fractions of an epoch are quotients: two that are equal may differ by rounding. */
const epochEpsilon = 1e-9

/** Discards what the checkpoint that it starts from does not hold. */
function start(state: GrowingState, event: EventOf<'started'>) {
  const isKept = (epoch: number) => epoch <= event.from + epochEpsilon
  state.steps = state.steps.where('epoch', isKept)
  state.epochs = state.epochs.filter(({ epoch }) => isKept(epoch))
  const [step, epoch] = [state.steps.at(-1), state.epochs.at(-1)]
  const sequence = Math.max(step?.sequence ?? -1, epoch?.sequence ?? -1)
  state.computed = Math.round(1000 * Math.max(step?.seconds ?? 0, epoch?.secondsSoFar ?? 0))
  state.legs = state.legs.filter((leg) => leg.sequence <= sequence)
  state.best = state.epochs.filter(({ best }) => best).at(-1) ?? null
  // Heads are solved again from the start: it takes seconds.
  state.penalties = []
  state.candidates = []
  state.learningCurve = null
  state.finished = state.failure = null
  state.started = event
  state.starts++
}

function countTime(state: GrowingState, { time }: RunEvent) {
  const isComputing = state.status === 'preparing' || state.status === 'running'
  if (isComputing && state.lastSequence >= 0) state.computed += Math.max(0, time - state.lastTime)
}

function keep(state: GrowingState, event: RunEvent) {
  const seconds = state.computed / 1000
  switch (event.type) {
    case 'step':
      state.steps.push(withSeconds(event, seconds))
      break
    case 'epoch':
      state.epochs.push({ ...event, secondsSoFar: seconds })
      if (event.best) state.best = state.epochs.at(-1)!
      break
    case 'phase':
      state.phase = event
      break
    case 'leg':
      state.legs.push(event)
      break
    case 'penalty':
      state.penalties.push(event)
      break
    case 'learningCurve':
      state.learningCurve = event
      break
    case 'candidate':
      state.candidates.push(event)
      break
    case 'warning':
      state.warnings.push(event)
      break
    case 'paused':
      state.rest = event
      break
    case 'finished':
      state.finished = event
      break
    case 'failed':
      state.failure = event
      break
    case 'started':
    case 'resumed':
    case 'stopped':
      break
  }
}

/** Without a spread, which would copy the event's texts for every step. */
const withSeconds = (
  { sequence, time, step, epoch, loss, accuracy, learningRate, imagesPerSecond }: EventOf<'step'>,
  seconds: number,
): Record<StepColumn, number> => ({
  sequence,
  time,
  step,
  epoch,
  seconds,
  loss,
  accuracy,
  learningRate,
  imagesPerSecond,
})

export function nextStatus(status: RunStatus, event: RunEvent): RunStatus {
  switch (event.type) {
    case 'started':
      return 'preparing'
    case 'phase':
      return event.phase === 'training' && status === 'preparing' ? 'running' : status
    case 'step':
    case 'epoch':
    case 'penalty':
      return status === 'paused' ? 'paused' : 'running'
    case 'paused':
      return 'paused'
    case 'resumed':
      return 'running'
    case 'finished':
      return 'finished'
    case 'stopped':
      return 'stopped'
    case 'failed':
      return 'failed'
    case 'leg':
    case 'warning':
    case 'learningCurve':
    case 'candidate':
      return status
  }
}

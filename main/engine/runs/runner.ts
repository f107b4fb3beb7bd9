// The one run that may be active: starts, continues, pauses and ends it. Its events are passed to
// `onEvent`; when it has ended and its files are closed, `onEnd` may start the next run before
// suggestions are computed again.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../shared/failure'
import { reason } from '../../../shared/reason'
import type { RunConfig } from '../../../shared/runConfig'
import type { RunEvent } from '../../../shared/runEvents'
import { addEvent, isActive, type GrowingState } from '../../../shared/runState'
import type { RunControl } from '../training/control'
import { annotate, nameOfRun } from '../runFiles/notes'
import { readEvents, readRun } from '../runFiles/runFolder'
import type { RunNotes } from '../../../shared/runList'
import { startRun, type StartOptions } from '../training/startRun'
import { readState } from './readState'
import { putToEnd, putToRest } from './rest'
import { listRuns } from './summaries'

/** What a run needs of the open project, and of this computer. */
export type RunInput = Pick<StartOptions, 'home' | 'versions'> &
  Omit<StartOptions, 'runId' | 'folder' | 'resume' | 'queue'>

export interface RunnerOptions {
  readonly root: () => string
  /** For a new run. */
  readonly input: (config: RunConfig) => Promise<RunInput>
  /** For a run that is continued, from what is stored in its folder. */
  readonly inputOf: (folder: string) => Promise<RunInput>
  /** Suggestions are not computed while a run is active. */
  readonly suggester: { hold(): Promise<void>; release(): void }
  readonly onEvent: (event: RunEvent) => void
  /** With the run's last event. */
  readonly onEnd: (runId: string, last: RunEvent) => Promise<void>
}

interface Active {
  readonly runId: string
  readonly control: RunControl
  readonly state: GrowingState
  /** Resolves when the run has ended and its files are closed. */
  readonly done: Promise<void>
}

export class Runner {
  private active: Active | null = null
  private starting = false
  private ended: Promise<void> = Promise.resolve()

  constructor(private readonly options: RunnerOptions) {}

  get busy() {
    return this.active !== null || this.starting
  }

  get activeId() {
    return this.active?.runId ?? null
  }

  folderOf(runId: string) {
    if (!/^[a-z0-9-]+$/.test(runId)) throw new Failure('run-missing', { run: runId })
    return join(this.options.root(), runId)
  }

  /** An id that no run has. */
  newId(): string {
    for (let time = Date.now(); ; time++) {
      const runId = `run-${time.toString(36)}`
      if (!existsSync(this.folderOf(runId))) return runId
    }
  }

  /** @throws {Failure} run-active, and what is wrong with the configuration or the data */
  start(config: RunConfig, { runId = this.newId(), queue = null as string | null } = {}) {
    return this.begin(runId, async (folder) =>
      startRun({ ...(await this.options.input(config)), runId, folder, queue }),
    )
  }

  /** Begins a run under a new id.
   *  @throws {Failure} run-active, and what the configuration and the data lack */
  async startNew(config: RunConfig): Promise<{ runId: string }> {
    const runId = this.newId()
    await this.start(config, { runId })
    return { runId }
  }

  /** Continues a run from its checkpoint.
   *  @throws {Failure} run-active, run-missing, bad-input (it is finished), and what it lacks */
  goOn(runId: string): Promise<void> {
    return this.begin(runId, async (folder) => {
      readRun(folder)
      if ((await readState(folder)).status === 'finished')
        throw new Failure('bad-input', { reason: reason('run-is-finished') })
      return startRun({ ...(await this.options.inputOf(folder)), runId, folder, resume: true })
    })
  }

  /** With a reason, the pause lasts until `causeGone` is called with it. */
  pause = (reason: string | null = null) => this.active?.control.pause(reason)

  /** Resumes the active run; where there is none, continues the newest paused run. @throws as goOn */
  async resume(): Promise<void> {
    if (this.active) return this.active.control.resume()
    const runId = await this.pausedId()
    if (runId) await this.goOn(runId)
  }

  /** Ends a pause that had this reason. */
  causeGone(reason: string) {
    const control = this.active?.control
    if (control?.paused && control.reason === reason) control.resume()
  }

  /** Stops the active run and resolves when it has ended; where there is none, the newest paused run is
   *  marked as stopped. */
  async stop(): Promise<void> {
    if (this.active) {
      this.active.control.stop()
      return this.active.done
    }
    const runId = this.starting ? null : await this.pausedId()
    if (!runId) return
    const event = await putToEnd(this.folderOf(runId), runId)
    this.options.onEvent(event)
    await this.options.onEnd(runId, event)
  }

  /** Ends the active run with a checkpoint, as paused or as stopped; resolves when that is on the disk. */
  async rest(stop = false): Promise<void> {
    const control = this.active?.control
    if (stop) control?.stop()
    else control?.rest()
    await this.active?.done
  }

  /** Continues a run that was cut off; where that fails, the run is paused with the reason. */
  async goOnOrRest(runId: string): Promise<void> {
    try {
      await this.goOn(runId)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const { code: reason, details } = error
      this.options.onEvent(await putToRest(this.folderOf(runId), runId, { reason, details }))
    }
  }

  /** @throws {Failure} run-missing */
  existing(runId: string): string {
    const folder = this.folderOf(runId)
    if (!existsSync(folder)) throw new Failure('run-missing', { run: runId })
    return folder
  }

  history = (runId: string): RunEvent[] => readEvents(this.folderOf(runId))

  /** The name that the person gave it, else its id.
   *  @throws {Failure} run-missing */
  nameOf = (runId: string) => nameOfRun(this.existing(runId))

  /** Changes what the person wrote to a run.
   *  @throws {Failure} run-missing, disk-full, not-writable */
  annotate = (runId: string, change: Partial<RunNotes>) => annotate(this.existing(runId), change)

  list = () => listRuns(this.options.root(), this.active)

  private async pausedId(): Promise<string | null> {
    const paused = (await this.list()).find(({ status }) => status === 'paused')
    return paused?.runId ?? null
  }

  private async begin(
    runId: string,
    open: (folder: string) => ReturnType<typeof startRun>,
  ): Promise<void> {
    if (this.busy) throw new Failure('run-active')
    this.starting = true
    try {
      await this.ended
      await this.options.suggester.hold()
      const folder = this.folderOf(runId)
      const state = await readState(folder)
      const { control, events } = await open(folder)
      const done = this.relay({ runId, state }, events)
      this.active = { runId, control, state, done: done.then(() => undefined) }
      this.ended = this.active.done.catch(() => undefined)
      void done.then((last) => this.settle(runId, last))
    } finally {
      this.starting = false
      if (!this.active) this.options.suggester.release()
    }
  }

  private async relay(
    { runId, state }: Pick<Active, 'runId' | 'state'>,
    events: AsyncGenerator<RunEvent>,
  ): Promise<RunEvent | null> {
    let last: RunEvent | null = null
    try {
      for await (const event of events) {
        last = event
        addEvent(state, event)
        // Listeners may start the next run as soon as they hear that this one has ended.
        if (!isActive(state.status)) this.active = null
        this.options.onEvent(event)
      }
    } catch (error) {
      process.stderr.write(`${runId}: ${stackOf(error)}\n`)
    }
    this.active = null
    return last
  }

  private async settle(runId: string, last: RunEvent | null) {
    try {
      await this.list()
      if (last) await this.options.onEnd(runId, last)
    } catch (error) {
      process.stderr.write(`${runId}: ${stackOf(error)}\n`)
    }
    if (!this.busy) this.options.suggester.release()
  }
}

const stackOf = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

// Configurations that run one after the other, stored in queue.json of the project. A failure does not
// hold up the others; stopping the active run starts the next. A paused run of the queue keeps its place
// until a person continues it.
import { readFileSync } from 'node:fs'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { Failure } from '../../../shared/failure'
import type { RunConfig } from '../../../shared/runConfig'
import type { RunEvent } from '../../../shared/runEvents'
import { QueueItem } from '../../../shared/runList'
import { errorCode, writeFailure } from '../files/fileFailures'
import { seal, unseal } from '../files/sealedJson'

/** The part of Runner that the queue needs. */
export interface QueueRunner {
  readonly busy: boolean
  newId(): string
  start(config: RunConfig, as: { runId: string; queue: string }): Promise<void>
  goOn(runId: string): Promise<void>
}
interface QueueOptions {
  readonly path: string
  readonly runner: QueueRunner
  /** Whether a run has a folder. */
  readonly exists: (runId: string) => boolean
  readonly onChange: (items: QueueItem[]) => void
}

const QueueFile = z.object({ format: z.literal(1), items: z.array(QueueItem) })
/** How many items that have ended stay in the list. */
const maxEnded = 200

export class Queue {
  private items: QueueItem[]

  constructor(private readonly options: QueueOptions) {
    // An item that was started but cut off before its run had a folder waits again.
    const begun = ({ runId }: QueueItem) => runId !== null && options.exists(runId)
    this.items = load(options.path).map((item) =>
      item.state === 'running' && !begun(item) ? { ...item, state: 'waiting', runId: null } : item,
    )
  }

  list = (): QueueItem[] => [...this.items]

  /** Whether a run of the queue has started and not ended; it may be paused. */
  get holds() {
    return this.items.some(({ state }) => state === 'running')
  }

  /** Answers the queue's id, which its runs carry. @throws {Failure} disk-full, not-writable */
  add(added: readonly Pick<QueueItem, 'label' | 'config'>[]): { queue: string } {
    const queue = this.freeId()
    const items = added.map(({ label, config }, i): QueueItem => ({
      ...{ label, config, queue, id: `${queue}-${i + 1}` },
      ...{ state: 'waiting', runId: null, message: null },
    }))
    this.keep([...this.items, ...items])
    void this.advance()
    return { queue }
  }

  /** Cancels those that are still waiting. */
  cancel(ids: readonly string[]) {
    this.change((item) =>
      ids.includes(item.id) && item.state === 'waiting' ? { state: 'cancelled' } : null,
    )
  }

  /** A run was started or continued, by the queue or by a person. */
  began(runId: string) {
    this.change((item) =>
      item.runId === runId && item.state !== 'running' ? { state: 'running', message: null } : null,
    )
  }

  /** A run has ended, of the queue or not; `last` is its last event. */
  ended(runId: string, last: RunEvent) {
    const outcome = outcomeOf(last)
    if (outcome) this.change((item) => (item.runId === runId ? outcome : null))
  }

  failed(runId: string, message: string) {
    this.change((item) => (item.runId === runId ? { state: 'failed', message } : null))
  }

  /** Starts the next item unless a run is active; resolves when it has started, or there is none. */
  async advance(): Promise<void> {
    while (!this.options.runner.busy) {
      const item =
        this.items.find(({ state }) => state === 'running') ??
        this.items.find(({ state }) => state === 'waiting')
      if (!item || (await this.begin(item))) return
    }
  }

  /** False where it failed. */
  private async begin({ id, runId: resting, config, queue }: QueueItem): Promise<boolean> {
    const { runner } = this.options
    const runId = resting ?? runner.newId()
    const set = (change: Partial<QueueItem>) =>
      this.change((item) => (item.id === id ? change : null))
    try {
      if (resting !== null) await runner.goOn(runId)
      else {
        set({ state: 'running', runId })
        await runner.start(config, { runId, queue })
      }
      return true
    } catch (error) {
      if (error instanceof Failure && error.code === 'run-active') {
        if (resting === null) set({ state: 'waiting', runId: null })
        return true
      }
      if (!(error instanceof Failure)) process.stderr.write(`queue: ${String(error)}\n`)
      const message = error instanceof Error ? error.message : String(error)
      set({ state: 'failed', runId: this.options.exists(runId) ? runId : null, message })
      return false
    }
  }

  private change(by: (item: QueueItem) => Partial<QueueItem> | null) {
    const next = this.items.map((item) => {
      const changed = by(item)
      return changed ? { ...item, ...changed } : item
    })
    if (!next.some((item, i) => item !== this.items[i])) return
    try {
      this.keep(next)
    } catch (error) {
      // A full disk ends neither the run nor the queue; after a restart an item may run again.
      process.stderr.write(`queue: ${String(error)}\n`)
      this.show(next)
    }
  }

  private keep(items: readonly QueueItem[]) {
    const over = items.filter(isOver)
    const forgotten = new Set(over.slice(0, Math.max(0, over.length - maxEnded)))
    const next = items.filter((item) => !forgotten.has(item))
    save(this.options.path, next)
    this.show(next)
  }

  private show(items: QueueItem[]) {
    this.items = items
    this.options.onChange(this.list())
  }

  private freeId(): string {
    const taken = new Set(this.items.map(({ queue }) => queue))
    for (let time = Date.now(); ; time++) {
      const queue = `queue-${time.toString(36)}`
      if (!taken.has(queue)) return queue
    }
  }
}

const isOver = ({ state }: QueueItem) => state !== 'waiting' && state !== 'running'

/** Null: the run is paused, and keeps its place. */
function outcomeOf(last: RunEvent): Partial<QueueItem> | null {
  switch (last.type) {
    case 'finished':
      return { state: 'done' }
    case 'stopped':
      return { state: 'cancelled' }
    case 'failed':
      return { state: 'failed', message: last.message }
    default:
      return null
  }
}

/** A file that cannot be read counts as an empty queue. */
const load = (path: string): QueueItem[] => readQueue(path) ?? []

/** Null where there is a file that cannot be read. */
export function readQueue(path: string): QueueItem[] | null {
  try {
    return QueueFile.parse(unseal(readFileSync(path, 'utf8'))).items
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? [] : null
  }
}

function save(path: string, items: readonly QueueItem[]) {
  try {
    writeFileAtomic.sync(path, seal({ format: 1, items }))
  } catch (error) {
    throw writeFailure(path, error)
  }
}

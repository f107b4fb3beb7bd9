// The features of the open project in the background, and the answers that rest on them. One piece of
// work goes on at a time; it makes way for a run, because both would write to the same cache.
import type { HealthFinding } from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'
import type { LabelSuggestions, Similar, SuggestState } from '../../../shared/suggest'
import type { Dataset } from '../dataset/dataset'
import type { Precision } from '../../../shared/device'
import type { Home } from '../files/home'
import { createSerialQueue } from '../files/serialQueue'
import { FeatureTable } from './featureTable'
import { fillTable, valuesOf } from './fillTable'
import { openLearner, type Learner } from './learner'
import { likeness, mostAlike } from './likeness'
import { openBackbone } from './openBackbone'

export interface SuggesterOptions {
  readonly home: Home
  readonly precision: () => Promise<Precision>
  readonly dataset: () => Pick<Dataset, 'snapshot' | 'all' | 'hash'>
  readonly onState: (state: SuggestState) => void
}

const idle: SuggestState = { state: 'idle', weights: null, done: 0, total: 0, message: null }
/** Milliseconds between two tellings of progress. */
const tellEvery = 200

export class Suggester {
  private current: SuggestState = idle
  private abort = new AbortController()
  /** The end of everything begun so far: two pieces of work at once would spoil the cache. */
  private readonly queue = createSerialQueue()
  private table: FeatureTable | null = null
  private learnt: { readonly key: string; readonly learner: Learner } | null = null
  private judging: Promise<unknown> = Promise.resolve()
  private held = false

  constructor(private readonly options: SuggesterOptions) {}

  get state() {
    return this.current
  }

  /** Begins, or begins again with the pictures that came in since. */
  prepare(weights: string): SuggestState {
    if (weights !== this.current.weights) this.table = null
    this.abort.abort()
    if (this.held) return this.tell({ ...this.current, weights, state: 'waiting', message: null })
    const { signal } = (this.abort = new AbortController())
    const total = this.pictures().length
    void this.queue.run(async () => {
      try {
        if (!signal.aborted) await this.compute(weights, signal)
      } catch (error) {
        if (signal.aborted) return
        const message = error instanceof Error ? error.message : String(error)
        if (!(error instanceof Failure)) process.stderr.write(`suggest: ${String(error)}\n`)
        this.tell({ ...this.current, state: 'failed', message })
      }
    })
    return this.tell({ state: 'computing', weights, done: 0, total, message: null })
  }

  /** What was computed stays; resolves when nothing is being computed any more. */
  async cancel(): Promise<void> {
    await this.stop()
    if (this.current.state === 'computing' || this.current.state === 'waiting')
      this.tell({ ...this.current, state: 'idle' })
  }

  /** Resolves when the cache is free for a run; no work begins until `release`. */
  async hold(): Promise<void> {
    this.held = true
    if (this.current.state === 'computing') this.tell({ ...this.current, state: 'waiting' })
    await this.stop()
  }

  release() {
    this.held = false
    const { state, weights } = this.current
    if (state === 'waiting' && weights !== null) this.prepare(weights)
  }

  /** Another project is opened. */
  async forget(): Promise<void> {
    await this.stop()
    this.table = null
    this.learnt = null
    this.tell(idle)
  }

  async similar(picture: string, limit: number): Promise<Similar[]> {
    const { table } = this
    const row = table?.row(picture)
    if (!table || row === undefined) return []
    const others = this.pictures().filter(({ id }) => table.row(id) !== undefined)
    const byRow = new Map(others.map(({ id }) => [table.row(id)!, id]))
    const found = await mostAlike(table.matrix, { row, rows: [...byRow.keys()], limit })
    return found.map((item) => ({ picture: byRow.get(item.row)!, likeness: item.likeness }))
  }

  labels = async (threshold: number): Promise<LabelSuggestions> =>
    (await this.learner()?.suggestions(threshold)) ?? { learntFrom: 0, suggestions: [] }

  next = async (count: number): Promise<string[]> => (await this.learner()?.next(count)) ?? []

  /** Those that the network is sure of; none while features are still being computed. Asked several
   *  times meanwhile, it judges once more at the end, not once for each. */
  mislabels = async (): Promise<HealthFinding[]> => {
    await this.judging
    if (this.current.state !== 'ready') return []
    const found = this.learner()?.mislabels() ?? Promise.resolve([])
    this.judging = found.catch(() => undefined)
    return found
  }

  /** Null while the features of either are not there. */
  likeness = (a: string, b: string): number | null => {
    const [one, other] = [this.table?.row(a), this.table?.row(b)]
    return this.table && one !== undefined && other !== undefined
      ? likeness(this.table.matrix, one, other)
      : null
  }

  private learner(): Learner | null {
    const { table } = this
    if (!table?.count) return null
    const { revision, classes } = this.options.dataset().snapshot()
    const pictures = this.options.dataset().all()
    const key = `${revision}/${table.count}/${this.current.state}`
    if (this.learnt?.key !== key)
      this.learnt = { key, learner: openLearner({ classes, pictures, table }) }
    return this.learnt.learner
  }

  private pictures = () =>
    this.options
      .dataset()
      .all()
      .filter(({ excluded, problem }) => !excluded && problem === null)

  private async compute(weights: string, signal: AbortSignal) {
    const { home, precision, dataset } = this.options
    const { hash } = dataset()
    const pictures = this.pictures()
    const looks = await openBackbone({
      home,
      weights,
      precision: await precision(),
      pictures: pictures.length,
      hash,
    })
    try {
      const table = new FeatureTable(valuesOf(looks))
      // Of the first table the calls see every part; a later one takes over when it is whole.
      this.table ??= table
      let told = 0
      await fillTable({
        looks,
        table,
        pictures,
        signal,
        onProgress: (done) => {
          if (signal.aborted || Date.now() - told < tellEvery) return
          told = Date.now()
          this.tell({ ...this.current, done, total: pictures.length })
        },
      })
      if (signal.aborted) return
      this.table = table
      const done = pictures.length
      this.tell({ state: 'ready', weights, done, total: done, message: null })
    } finally {
      await Promise.all(looks.map((look) => look.close()))
    }
  }

  private async stop() {
    this.abort.abort()
    await this.queue.settled()
  }

  private tell(state: SuggestState) {
    this.current = state
    this.options.onState(state)
    return state
  }
}

// The features of the open project in the background, and the answers computed from them. One piece of
// work goes on at a time; it stops for a run, because both would write to the same cache.
import type { HealthFinding } from '../../../shared/dataset'
import { Failure } from '../../../shared/failure'
import type { LabelSuggestions, Similar, SuggestState } from '../../../shared/suggest'
import type { Dataset } from '../dataset/dataset'
import type { Precision } from '../../../shared/device'
import type { Home } from '../files/home'
import { createSerialQueue } from '../files/serialQueue'
import { FeatureTable } from './featureTable'
import { fillTable } from './fillTable'
import { openLearner, type Learner } from './learner'
import { likeness, mostAlike } from './likeness'
import { openBackbone } from '../features/openBackbone'

export interface SuggesterOptions {
  readonly home: Home
  readonly precision: () => Promise<Precision>
  readonly dataset: () => Pick<Dataset, 'snapshot' | 'all' | 'hash' | 'health'>
  readonly onState: (state: SuggestState) => void
}

const idle: SuggestState = { state: 'idle', weights: null, done: 0, total: 0, message: null }
/** Milliseconds between two progress reports. */
const reportInterval = 200

export class Suggester {
  private current: SuggestState = idle
  private abort = new AbortController()
  /** One piece of work at a time: two at once would corrupt the cache. */
  private readonly queue = createSerialQueue()
  private table: FeatureTable | null = null
  private learnt: { readonly key: string; readonly learner: Learner } | null = null
  private judging: Promise<unknown> = Promise.resolve()
  private held = false

  constructor(private readonly options: SuggesterOptions) {}

  get state() {
    return this.current
  }

  /** Starts, or restarts with newly added pictures. */
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

  /** What is wrong with the data, and the labels that the network doubts. */
  async health(): Promise<HealthFinding[]> {
    const findings = await this.options.dataset().health(this.likeness)
    return [...findings, ...(await this.mislabels())]
  }

  /** Stops computing and keeps the results so far; resolves when it has stopped. */
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

  /** Resets everything when another project is opened. */
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

  /** Suggestions that the network is sure of; none while features are being computed. Requests made
   *  meanwhile share one further computation. */
  mislabels = async (): Promise<HealthFinding[]> => {
    await this.judging
    if (this.current.state !== 'ready') return []
    const found = this.learner()?.mislabels() ?? Promise.resolve([])
    this.judging = found.catch(() => undefined)
    return found
  }

  /** Null until both pictures have features. */
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
    const features = await openBackbone({
      home,
      weights,
      precision: await precision(),
      pictures: pictures.length,
      hash,
    })
    try {
      const table = new FeatureTable(features.length)
      // The first table is used while it fills; a later one replaces it only when complete.
      this.table ??= table
      let lastReport = 0
      await fillTable({
        features,
        table,
        pictures,
        signal,
        onProgress: (done) => {
          if (signal.aborted || Date.now() - lastReport < reportInterval) return
          lastReport = Date.now()
          this.tell({ ...this.current, done, total: pictures.length })
        },
      })
      if (signal.aborted) return
      this.table = table
      const done = pictures.length
      this.tell({ state: 'ready', weights, done, total: done, message: null })
    } finally {
      await features.close()
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

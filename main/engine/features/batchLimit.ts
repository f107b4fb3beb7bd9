// Splits batches that are too large for the device's memory: a batch that does not fit is halved, and
// from then on at most as many pictures are computed at once as did fit. A training step in parts scales
// the learning rate by each part's share of the batch (linear scaling rule, Goyal et al. 2017, section
// 2.1).
import { Failure } from '../../../shared/failure'
import { reason, type Reason } from '../../../shared/reason'
import type { Batch, StepResult, Trainer } from '../tensorflow/trainer'
import type { Input } from '../tensorflow/input'

export class BatchLimit {
  /** Pictures that fit at once. */
  private maxPictures = Infinity
  private warnedOf = Infinity

  /** Calls `work` on consecutive ranges [from, to) of `count` pictures.
   *  @throws {Failure} out-of-memory where not even one picture fits */
  inParts<R>(count: number, work: (from: number, to: number) => R): R[] {
    const results: R[] = []
    for (let from = 0; from < count;) {
      const to = Math.min(count, from + this.maxPictures)
      try {
        results.push(work(from, to))
        from = to
      } catch (error) {
        const size = to - from
        if (!(error instanceof Failure) || error.code !== 'out-of-memory' || size === 1) throw error
        this.maxPictures = Math.floor(size / 2)
      }
    }
    return results
  }

  /** One training step. Loss and correct answers are those of the whole batch. */
  step(trainer: Trainer, batch: Batch, at: { rate: number; step: number }): StepResult {
    const count = batch.labels.length
    const parts = this.inParts(count, (from, to) => {
      const share = (to - from) / count
      const part = from === 0 && to === count ? batch : partOf(batch, from, to)
      const { loss, correct } = trainer.step(part, { rate: at.rate * share, step: at.step })
      return { loss: loss * share, correct }
    })
    return parts.reduce((sum, part) => ({
      loss: sum.loss + part.loss,
      correct: sum.correct + part.correct,
    }))
  }

  /** Computes rows of values for `count` pictures; the result is [count, values] in order. */
  rows(
    count: number,
    input: Input,
    run: (input: Input, count: number) => Float32Array,
  ): Float32Array {
    const parts = this.inParts(count, (from, to) =>
      run(from === 0 && to === count ? input : inputPart(input, count, [from, to]), to - from),
    )
    if (parts.length === 1) return parts[0]!
    const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }

  /** A warning if the limit has fallen since the last call, else null. */
  newWarning(): Reason | null {
    if (this.maxPictures === this.warnedOf) return null
    this.warnedOf = this.maxPictures
    return reason('batch-reduced', { photos: this.maxPictures })
  }
}

/** The pictures [from, to) of a batch. A picture whose mixing partner is in another part is mixed with
 *  itself, which leaves it as it is. */
function partOf({ input, labels, partners, ...rows }: Batch, from: number, to: number): Batch {
  const count = labels.length
  const cut = <T extends Float32Array | Int32Array>(all: T | undefined) =>
    all?.slice((from * all.length) / count, (to * all.length) / count) as T
  const own = Object.entries(rows).filter(([, row]) => row instanceof Float32Array)
  return {
    ...Object.fromEntries(own.map(([name, row]) => [name, cut(row)])),
    ...(partners && {
      partners: cut(partners).map((of, n) => (of >= from && of < to ? of - from : n)),
    }),
    input: inputPart(input, count, [from, to]),
    labels: cut(labels),
  }
}

function inputPart(input: Input, count: number, [from, to]: readonly [number, number]): Input {
  const cut = <T extends Uint8Array | Float32Array>(all: T) =>
    all.subarray((from * all.length) / count, (to * all.length) / count) as T
  return 'pixels' in input ? { pixels: cut(input.pixels) } : { values: cut(input.values) }
}

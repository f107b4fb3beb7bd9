// The head of the path is the solution that an independent solver finds; nobody judges what taught them.
import { describe, expect, it } from 'vitest'
import { fitExactHead, type PenaltyResult } from '../../../../main/engine/heads/exactHead'
import { stratifiedGroupFolds } from '../../../../main/engine/heads/folds'
import { fitHead } from '../../../../main/engine/heads/logisticHead'
import { softmax } from '../../../../shared/statistics/metrics'
import { openHeadObjective } from '../../../../main/engine/tensorflow/headObjective'
import { clouds } from '../suggest/clouds'

interface Options {
  readonly groups?: readonly string[]
  readonly balanced?: boolean
}

async function solve(made: ReturnType<typeof clouds>, { groups, balanced = false }: Options = {}) {
  const { matrix, labels } = made
  const classes = Math.max(...labels) + 1
  const objective = await openHeadObjective({ features: matrix.data, labels, classes })
  const path: PenaltyResult[] = []
  const fitting = fitExactHead(
    {
      objective,
      features: matrix.data,
      labels,
      groups: groups ?? labels.map((_, i) => String(i)),
      balanced,
      seed: 1,
    },
    () => Promise.resolve(),
  )
  for (;;) {
    const next = await fitting.next()
    if (next.done) {
      const logits = objective.logits(next.value)
      objective.dispose()
      return { path, head: next.value, logits, classes }
    }
    path.push(next.value)
  }
}

const share = (right: readonly boolean[]) => right.filter(Boolean).length / right.length

describe('the exact head', () => {
  it('is what another solver in float64 finds for the penalty that was chosen', async () => {
    const made = clouds({ classes: 3, each: 30, values: 8, apart: 1.2 })
    const { head, logits, classes } = await solve(made)
    const { matrix, labels, rows } = made
    // The features as the head sees them.
    const data = matrix.data.map((value, i) => {
      const v = i % matrix.values
      return (value - head.mean[v]!) * head.scale[v]!
    })
    const reference = await fitHead({
      features: { ...matrix, data },
      rows,
      labels,
      classes,
      penaltyPerColumn: head.penalty / matrix.values,
    })
    const expected = await reference.probabilities({ ...matrix, data }, rows)
    const found = softmax(
      logits.map((value) => value * head.temperature),
      classes,
    )
    const worst = found.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0)
    expect(worst).toBeLessThan(2e-3)
  })

  it('is judged out of fold: labels without meaning are told by chance, however well they are learnt', async () => {
    const made = clouds({ classes: 2, each: 40, values: 60, apart: 0 })
    const { path } = await solve(made)
    const weakest = path[path.length - 1]!
    expect(weakest.trainAccuracy).toBeGreaterThan(0.85)
    expect(share(weakest.outOfFold.right)).toBeLessThan(0.65)
  })

  it('does not know a photo by its copy in another fold', async () => {
    const made = clouds({ classes: 2, each: 30, values: 150, apart: 0 })
    // Every photo twice.
    const { matrix, labels } = made
    const twice = {
      matrix: {
        data: Float32Array.from([...matrix.data, ...matrix.data]),
        rows: 2 * matrix.rows,
        values: matrix.values,
      },
      labels: [...labels, ...labels],
      rows: [],
    }
    const groups = twice.labels.map((_, i) => String(i % labels.length))
    const apart = await solve(twice, { groups })
    const leaking = await solve(twice)
    const last = ({ path }: typeof apart) => share(path[path.length - 1]!.outOfFold.right)
    expect(last(leaking)).toBeGreaterThan(0.8)
    expect(last(apart)).toBeLessThan(0.7)
  })

  it('with balance, finds more of a class with few photos', async () => {
    const { matrix, labels, rows } = clouds({ classes: 2, each: 100, values: 6, apart: 0.8 })
    const kept = rows.filter((row) => labels[row] === 0 || row < 30)
    const few = {
      labels: kept.map((row) => labels[row]!),
      matrix: {
        data: Float32Array.from(
          kept.flatMap((row) => [...matrix.data.subarray(row * 6, row * 6 + 6)]),
        ),
        rows: kept.length,
        values: 6,
      },
      rows: [],
    }
    const recall = async (balanced: boolean) => {
      const { path, head } = await solve(few, { balanced })
      const { right } = path.find(({ penalty }) => penalty === head.penalty)!.outOfFold
      return share(right.filter((_, i) => few.labels[i] === 1))
    }
    expect(await recall(true)).toBeGreaterThan((await recall(false)) + 0.1)
  })

  it('works with one photo of a class, and with two photos in all', async () => {
    const { matrix, labels } = clouds({ classes: 3, each: 1, values: 4 })
    const { logits, head } = await solve({ matrix, labels, rows: [] })
    expect([...logits].every(Number.isFinite)).toBe(true)
    expect(head.temperature).toBeGreaterThan(0)
  })

  it('gives the same bits every time', async () => {
    const made = clouds({ classes: 3, each: 20, values: 16, apart: 1 })
    const [one, other] = [await solve(made), await solve(made)]
    expect(one.head.weight).toEqual(other.head.weight)
  })
})

describe('folds', () => {
  it('keep groups whole and spread each class evenly', () => {
    const labels = Array.from({ length: 100 }, (_, i) => (i < 80 ? 0 : 1))
    const groups = labels.map((_, i) => `scene ${Math.floor(i / 2)}`)
    const fold = stratifiedGroupFolds({ labels, groups, folds: 5, seed: 3 })
    for (let i = 0; i < 100; i += 2) expect(fold[i]).toBe(fold[i + 1])
    for (let f = 0; f < 5; f++) {
      const own = labels.filter((_, i) => fold[i] === f)
      expect(own.filter((label) => label === 0)).toHaveLength(16)
      expect(own.filter((label) => label === 1)).toHaveLength(4)
    }
  })
})

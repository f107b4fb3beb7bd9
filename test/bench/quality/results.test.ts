// What was measured is found again, whatever cut the last run off, and is shown side by side.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { report } from '../../../bench/quality/report'
import { Measured, Results } from '../../../bench/quality/results'

const row = (changes: Partial<Measured> = {}): Measured =>
  Measured.parse({
    ...{ set: 'beetles', content: 'c0ffee', weights: 'starter', split: 1, size: 20, who: 'quick' },
    ...{ classes: 2, taught: 40, heldBack: 30, accuracy: 0.8, balancedAccuracy: 0.8 },
    ...{ logLoss: 0.5, ece: 0.1, seconds: 2, date: '2026-12-01', machine: 'm', load: 1 },
    version: 'abc',
    ...changes,
  })

describe('results', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quality-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('are found again by set, content, weights, split, size and who', () => {
    const file = join(folder, 'results.jsonl')
    new Results(file).add(row())
    const again = new Results(file)
    expect(again.find(row())).toEqual(row())
    for (const change of [
      { set: 'ants' },
      { content: 'other' },
      { weights: 'file' },
      { split: 2 },
      { size: 'all' as const },
      { who: 'thorough' },
    ])
      expect(again.find(row(change))).toBeUndefined()
  })

  it('survive a line that was cut off', () => {
    const file = join(folder, 'results.jsonl')
    new Results(file).add(row())
    appendFileSync(file, '\n{"set":"beetles","con')
    new Results(file).add(row({ split: 2 }))
    expect(new Results(file).all.map(({ split }) => split)).toEqual([1, 2])
  })
})

describe('the table', () => {
  it('has means, differences on the same splits and what was foretold', () => {
    const figure = { kind: 'outOfFold' as const, balancedAccuracy: 0.8, photos: 40 }
    const told = { ...figure, accuracy: 0.8, low: 0.65, high: 0.9 }
    const lines = report([
      row({ accuracy: 0.8, figure: told }),
      row({ split: 2, accuracy: 0.9, figure: told }),
      row({ who: 'scikit-learn', accuracy: 0.75 }),
      row({ who: 'scikit-learn', split: 2, accuracy: 0.85 }),
      row({ who: 'scikit-learn', split: 3, accuracy: 0.1 }),
    ])
    const quick = lines.find((line) => line.startsWith('quick'))!
    expect(quick).toContain('85.0 ± 5.0')
    expect(quick).toContain('+5.0 ± 0.0')
    expect(quick).toContain('100 % (bare 100 %, figure -5.0 ± 5.0)')
    expect(lines.find((line) => line.startsWith('scikit-learn'))).toContain('-5.0 ± 0.0')
    expect(lines[1]).toBe('beetles, starter, 20 photos a class: 40 teach, 30 judge, 2 classes')
  })

  it('shows sizes and weights apart', () => {
    const lines = report([row(), row({ size: 'all' }), row({ weights: '/x/y.safetensors' })])
    expect(lines.filter((line) => line.startsWith('beetles'))).toHaveLength(3)
  })
})

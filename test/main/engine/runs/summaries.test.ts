// The list of runs tells what the events add up to, reads them no more than once, and outlives
// whatever happened to a folder.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { annotate, readNotes } from '../../../../main/engine/runFiles/notes'
import { interruptedRuns, listRuns } from '../../../../main/engine/runs/summaries'
import { readState } from '../../../../main/engine/runs/readState'
import { runPaths } from '../../../../main/engine/runFiles/runFolder'
import type { RunNews } from '../../../../shared/runEvents'
import { reduceRun } from '../../../../shared/runState'
import { epoch, finished, linesOf, numbered, started, step, writeRun } from './eventsOf'

let root = ''
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'restage-summaries-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

const whole = [started(), step(0.5), epoch(1, 0.7), epoch(2, 0.6, false), finished(42)]
const cutOff = [started(), step(0.5), epoch(1, 0.7), step(1.5)]

it('tells of each run what it was and what came of it, newest first', async () => {
  writeRun(root, 'run-1', { events: numbered('run-1', whole), created: 1, weights: 1234 })
  writeRun(root, 'run-2', { events: numbered('run-2', cutOff), created: 2, checkpoint: true })
  const [second, first] = await listRuns(root, null)
  expect(first).toMatchObject({
    ...{ runId: 'run-1', status: 'finished', epochs: 2, bestEpoch: 1, bestValAccuracy: 0.7 },
    ...{ seconds: 42, modelBytes: 1234, peakMemoryBytes: 7e8, resumable: false },
    ...{ trainPhotos: 30, valPhotos: 10, dataset: 'd'.repeat(64), versions: { restage: '1' } },
  })
  expect(first!.bestValLoss).toBeCloseTo(0.3)
  expect(second).toMatchObject({
    ...{ runId: 'run-2', status: 'stopped', resumable: true, seconds: 3, modelBytes: 0 },
  })
  expect(await interruptedRuns(root)).toEqual(['run-2'])
})

it('can be gone on with where it ended before its time, but not into the same loss of measure', async () => {
  const failed = (code: string): RunNews => ({ type: 'failed', code, message: '', hint: '' })
  const endings: [string, RunNews][] = [
    ['stopped', { type: 'stopped' }],
    ['missing', failed('file-missing')],
    ['diverged', failed('run-diverged')],
    ['paused', { type: 'paused', reason: 'app-stopped' }],
  ]
  for (const [name, ending] of endings)
    writeRun(root, name, { events: numbered(name, [...cutOff, ending]), checkpoint: true })
  writeRun(root, 'early', { events: numbered('early', [started(), { type: 'stopped' }]) })
  const resumable = (await listRuns(root, null)).filter((run) => run.resumable)
  expect(resumable.map(({ runId }) => runId).sort()).toEqual(['missing', 'paused', 'stopped'])
  expect(await interruptedRuns(root)).toEqual([])
})

it('does not read the events again until there are more', async () => {
  const folder = writeRun(root, 'run-1', { events: numbered('run-1', whole) })
  await listRuns(root, null)
  const { summary, metrics } = runPaths(folder)
  // What is beside the run is believed as long as it was made from these very metrics.
  const other = readFileSync(summary, 'utf8').replace('"epochs":2', '"epochs":77')
  writeFileSync(summary, other.replace(/,"sum":.*/, '}'))
  expect((await listRuns(root, null))[0]!.epochs).toBe(77)
  appendFileSync(
    metrics,
    linesOf(numbered('run-1', [...whole, started(2), epoch(3, 0.9)]).slice(5)),
  )
  expect((await listRuns(root, null))[0]).toMatchObject({ epochs: 3, bestValAccuracy: 0.9 })
  writeFileSync(summary, '{"format":1,')
  expect((await listRuns(root, null))[0]!.epochs).toBe(3)
})

it('passes over folders that hold no run, and lines that were cut off', async () => {
  mkdirSync(join(root, 'empty'))
  writeFileSync(join(root, 'file'), '')
  const broken = writeRun(root, 'broken')
  writeFileSync(runPaths(broken).run, '{"format":1')
  const cut = writeRun(root, 'cut', { events: numbered('cut', whole) })
  const text = readFileSync(runPaths(cut).metrics, 'utf8')
  writeFileSync(runPaths(cut).metrics, text.slice(0, -20))
  writeRun(root, 'silent')
  const runs = await listRuns(root, null)
  expect(runs.map(({ runId, status }) => [runId, status]).sort()).toEqual([
    ['cut', 'stopped'],
    ['silent', 'stopped'],
  ])
})

it('keeps what a person wrote apart from what the run writes', async () => {
  const folder = writeRun(root, 'run-1', { events: numbered('run-1', whole) })
  annotate(folder, { name: 'First', star: true })
  annotate(folder, { notes: 'good' })
  expect((await listRuns(root, null))[0]).toMatchObject({
    name: 'First',
    notes: 'good',
    star: true,
  })
  writeFileSync(runPaths(folder).notes, 'no json')
  expect(readNotes(folder)).toEqual({ name: '', notes: '', star: false })
  expect(() => annotate(join(root, 'none'), { star: true })).toThrow(/no run/)
})

it('tells of the run that goes on from what it told, not from the disk', async () => {
  const folder = writeRun(root, 'run-1')
  const state = reduceRun(numbered('run-1', [started(), epoch(1, 0.7)]))
  const [run] = await listRuns(root, { runId: 'run-1', state })
  expect(run).toMatchObject({ status: 'running', epochs: 1, resumable: false })
  expect(() => readFileSync(runPaths(folder).summary)).toThrow()
})

it('leaves out pauses, and what was done in vain', async () => {
  const folder = writeRun(root, 'run-1', {
    events: numbered('run-1', [
      [0, started()],
      [10, step(0.5)],
      [20, epoch(1, 0.5)],
      [25, { type: 'paused' }],
      [125, { type: 'resumed' }],
      [130, step(1.5)],
      [140, step(1.6)],
      // Cut off; on the next day from the last checkpoint.
      [90_000, started(1.5)],
      [90_005, step(1.6)],
    ]),
  })
  const { computed, epochs, starts, started: last } = await readState(folder)
  expect({ computed, epochs: epochs.length, starts, from: last?.from }).toEqual({
    computed: 35_000,
    epochs: 1,
    starts: 2,
    from: 1.5,
  })
})

it('reads from the disk what all events add up to', async () => {
  const events = numbered('run-1', [...cutOff, started(1), epoch(2, 0.8), finished(3)])
  const folder = writeRun(root, 'run-1', { events })
  appendFileSync(runPaths(folder).metrics, '{"type":"step","sequ')
  expect(await readState(folder)).toEqual(reduceRun(events))
})

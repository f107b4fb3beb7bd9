// Whatever a stop or a loss of power cuts through, what is found is one whole checkpoint, and the best
// weights of the very epoch that it names.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  hasCheckpoint,
  recoverCheckpoint,
  saveCheckpoint,
} from '../../../../main/engine/runFiles/checkpoint'
import { buildNetwork } from '../../../../main/engine/network/family'
import { initialProgress, type Progress } from '../../../../main/engine/runFiles/runProgress'
import { appendEvent, readEvents, runPaths } from '../../../../main/engine/runFiles/runFolder'
import { readSafetensors } from '../../../../main/engine/weights/formats/safetensors'
import type { RunEvent } from '../../../../shared/runEvents'
import { temporaryFolder } from '../weights/temporaryFolder'
import { otherReason } from '../../../../shared/reason'

const { folder: root } = temporaryFolder()
const network = buildNetwork({ architecture: 'resnet20', size: 32, classes: 2 })
const tensorsOf = (value: number) =>
  new Map([['fc.bias', { shape: [2], data: Float32Array.of(value, -value) }]])
const place = (name: string) => {
  const folder = join(root, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(runPaths(folder).checkpoints, { recursive: true })
  return folder
}
const slot = (folder: string, name: 'a' | 'b') =>
  join(runPaths(folder).checkpoints, `${name}.safetensors`)

/** After the epoch of that number, which is the best so far. */
const progressAt = (epoch: number): Progress => ({
  ...initialProgress,
  epoch,
  saved: epoch,
  best: { epoch, accuracy: epoch / 10, balancedAccuracy: null, loss: 1, calibration: null },
})
const save = (folder: string, epoch: number) =>
  saveCheckpoint(folder, {
    progress: progressAt(epoch),
    tensors: tensorsOf(epoch),
    best: { network, tensors: tensorsOf(epoch) },
  })

/** The epoch of what is found; weights and checkpoint must agree on it. */
async function found(folder: string): Promise<number | null> {
  const checkpoint = await recoverCheckpoint(folder)
  if (!checkpoint) return null
  const { epoch, best } = checkpoint.progress
  expect(checkpoint.tensors).toEqual(tensorsOf(epoch))
  const { tensors, metadata } = await readSafetensors(runPaths(folder).weights)
  expect([best?.epoch, metadata.epoch]).toEqual([epoch, String(epoch)])
  expect(tensors).toEqual(tensorsOf(epoch))
  expect(readdirSync(folder).sort()).toEqual(['checkpoint', 'metrics.jsonl', 'weights.safetensors'])
  return epoch
}

describe('of two checkpoints', () => {
  let [one, two] = ['', '']
  beforeEach(async () => {
    one = place('one')
    await save(one, 1)
    two = place('two')
    cpSync(one, two, { recursive: true })
    await save(two, 2)
  })

  it('both are kept, and the newer counts', async () => {
    await save(two, 3)
    expect(readdirSync(runPaths(two).checkpoints).sort()).toEqual([
      'a.safetensors',
      'b.safetensors',
    ])
    expect(await found(two)).toBe(3)
    expect(hasCheckpoint(two)).toBe(true)
    expect(hasCheckpoint(place('none'))).toBe(false)
    expect(await recoverCheckpoint(place('none'))).toBeNull()
  })

  it('a stop after the best weights, before the checkpoint: the epoch before', async () => {
    const stopped = place('stopped')
    cpSync(one, stopped, { recursive: true })
    cpSync(runPaths(two).weights, runPaths(stopped).nextWeights)
    writeFileSync(`${slot(stopped, 'a')}.0a1b.part`, 'half')
    expect(await found(stopped)).toBe(1)
    expect(readdirSync(runPaths(stopped).checkpoints)).toEqual(['b.safetensors'])
  })

  it('a stop after the checkpoint, before the best weights have their name: the new epoch', async () => {
    const stopped = place('stopped')
    cpSync(two, stopped, { recursive: true })
    cpSync(runPaths(two).weights, runPaths(stopped).nextWeights)
    cpSync(runPaths(one).weights, runPaths(stopped).weights)
    expect(await found(stopped)).toBe(2)
  })

  it('the newer cut at any byte, or changed in one, gives way to the older', async () => {
    const whole = readFileSync(slot(two, 'a'))
    for (let at = 0; at < whole.length; at += 37) {
      for (const damage of ['cut', 'bit'] as const) {
        const cut = place('cut')
        cpSync(one, cut, { recursive: true })
        cpSync(runPaths(two).weights, runPaths(cut).nextWeights)
        const bytes = Buffer.from(whole)
        bytes[at]! ^= 1
        writeFileSync(slot(cut, 'a'), damage === 'cut' ? whole.subarray(0, at) : bytes)
        expect(await found(cut), `${damage} at ${at}`).toBe(1)
      }
    }
  })

  it('weights that are of no known epoch are not called the best', async () => {
    cpSync(runPaths(one).weights, runPaths(two).weights)
    const checkpoint = await recoverCheckpoint(two)
    expect(checkpoint?.progress).toMatchObject({ epoch: 2, best: null })
  })
})

it('an event after one that was cut off stands on a line of its own', () => {
  const folder = place('torn')
  const event = (sequence: number): RunEvent => ({
    ...{ type: 'warning', runId: 'r', time: 0, message: otherReason('words'), path: null },
    sequence,
  })
  for (const sequence of [0, 1]) appendEvent(folder, event(sequence))
  const { metrics } = runPaths(folder)
  const whole = readFileSync(metrics)
  const first = whole.indexOf(10) + 1
  for (let at = first; at <= whole.length; at++) {
    writeFileSync(metrics, whole.subarray(0, at))
    appendEvent(folder, event(2))
    const expected = at >= whole.length - 1 ? [0, 1, 2] : [0, 2]
    // Without the warning that numbers are missing.
    const told = readEvents(folder).filter((one) => one.type === 'warning' && one.path === null)
    expect(told.map(({ sequence }) => sequence)).toEqual(expected)
  }
})

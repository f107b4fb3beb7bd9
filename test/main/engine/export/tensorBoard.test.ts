// Event files as TensorFlow's reader sees them: records whose checksums are right, with the numbers of
// the run. The reader here is written from the formats, not from our writer.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { crc32c } from '../../../../main/engine/export/eventFile'
import { annotate } from '../../../../main/engine/runFiles/notes'
import { exportTensorBoard } from '../../../../main/engine/export/tensorBoard'
import type { View } from '../../../../shared/network'
import type { RunNews } from '../../../../shared/runEvents'
import { epoch, finished, numbered, started, step, writeRun } from '../runs/eventsOf'

let root = ''
beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'restage-tensorboard-'))))
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('sums as RFC 3720 says', () => {
  // Appendix B.4: 32 bytes of zeros, of ones, and counting up.
  expect(crc32c(new Uint8Array(32)).toString(16)).toBe('8a9136aa')
  expect(crc32c(new Uint8Array(32).fill(0xff)).toString(16)).toBe('62a8ab43')
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)).toString(16)).toBe('46dd794e')
})

interface Read {
  time: number
  step: number
  version?: string
  values: [string, number][]
}

/** Masks the other way round than the writer: what is stored is unmasked. */
function readRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = []
  const unmask = (masked: number) => {
    const turned = (masked - 0xa282ead8) >>> 0
    return ((turned >>> 17) | (turned << 15)) >>> 0
  }
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at))
    expect(unmask(file.readUInt32LE(at + 8))).toBe(crc32c(file.subarray(at, at + 8)))
    const message = file.subarray(at + 12, at + 12 + length)
    expect(unmask(file.readUInt32LE(at + 12 + length))).toBe(crc32c(message))
    records.push(message)
    at += 16 + length
  }
  return records
}

/** Protobuf's wire format, as far as an Event with scalars goes. */
function* fields(bytes: Buffer): Generator<[number, Buffer]> {
  for (let at = 0; at < bytes.length;) {
    const key = bytes[at++]!
    const kind = key & 7
    let length = kind === 1 ? 8 : kind === 5 ? 4 : 0
    let from = at
    if (kind === 0) while (bytes[at + length++]! & 0x80);
    if (kind === 2) {
      let shift = 0
      for (;;) {
        const byte = bytes[from++]!
        length |= (byte & 0x7f) << shift
        shift += 7
        if (!(byte & 0x80)) break
      }
    }
    yield [key >> 3, bytes.subarray(from, from + length)]
    at = from + length
  }
}
const varint = (bytes: Buffer) =>
  bytes.reduce((sum, byte, i) => sum + (byte & 0x7f) * 2 ** (7 * i), 0)

function readEvent(bytes: Buffer): Read {
  const event: Read = { time: 0, step: 0, values: [] }
  for (const [field, value] of fields(bytes)) {
    if (field === 1) event.time = value.readDoubleLE(0)
    if (field === 2) event.step = varint(value)
    if (field === 3) event.version = value.toString()
    if (field === 5)
      for (const [, scalar] of fields(value)) {
        const parts = new Map(fields(scalar))
        event.values.push([parts.get(1)!.toString(), parts.get(2)!.readFloatLE(0)])
      }
  }
  return event
}

const readFolder = (folder: string) => {
  const [name] = readdirSync(folder)
  expect(name).toMatch(/^events\.out\.tfevents\.\d+\./)
  return readRecords(readFileSync(join(folder, name!))).map(readEvent)
}

it('writes each run into a folder of its own, in a new folder', async () => {
  const told = [
    started(),
    step(0.5),
    step(1),
    epoch(1, 0.75),
    step(1.5),
    epoch(2, 0.5),
    finished(9),
  ]
  const runs = ['run-1', 'run-2'].map((runId) => {
    const folder = writeRun(join(root, 'runs'), runId, { events: numbered(runId, told) })
    annotate(folder, { name: 'Same: name' })
    return folder
  })
  const out = join(root, 'out')
  mkdirSync(out)
  const first = await exportTensorBoard(runs, out)
  const again = await exportTensorBoard(runs.slice(1), out)
  expect([first.path, again.path]).toEqual([
    join(out, 'restage tensorboard'),
    join(out, 'restage tensorboard 2'),
  ])
  expect(readdirSync(first.path)).toEqual(['Same_ name', 'Same_ name 2'])
  const train = readFolder(join(first.path, 'Same_ name', 'train'))
  expect(train[0]).toMatchObject({ version: 'brain.Event:2', values: [] })
  expect(train.slice(1, 4).map((event) => event.step)).toEqual([5, 10, 15])
  expect(train[1]!.time).toBe(1e9 + 1)
  expect(Object.fromEntries(train[1]!.values)).toEqual({
    loss: 0.5,
    accuracy: 0.5,
    learning_rate: Math.fround(0.01),
    images_per_second: 100,
  })
  expect(train.slice(4).map((event) => event.values[0]!)).toEqual([
    ['epoch_loss', Math.fround(0.4)],
    ['epoch_loss', Math.fround(0.4)],
  ])
  const validation = readFolder(join(first.path, 'Same_ name', 'validation'))
  expect(validation.slice(1).map((event) => [event.step, event.values[1]])).toEqual([
    [10, ['accuracy', 0.75]],
    [15, ['accuracy', 0.5]],
    [1, ['epoch_accuracy', 0.75]],
    [2, ['epoch_accuracy', 0.5]],
  ])
})

it('writes the path of penalties and the learning curve of a head that was solved', async () => {
  const tried = (penalty: number, views: View[], loss: number): RunNews => ({
    ...{ type: 'penalty', views, penalty, trainLoss: loss / 2, trainAccuracy: 0.875 },
    ...{ outOfFoldLoss: loss, outOfFoldAccuracy: 0.75 },
  })
  const told: RunNews[] = [
    started(),
    tried(1, ['whole'], 0.5),
    tried(0.25, ['whole'], 0.25),
    tried(1, ['whole', 'closer'], 0.125),
    { type: 'learningCurve', points: [{ photos: 40, accuracy: 0.5, loss: 1 }], more: null },
    finished(9),
  ]
  const folder = writeRun(join(root, 'runs'), 'solved', { events: numbered('solved', told) })
  const out = join(root, 'solved-out')
  mkdirSync(out)
  const { path } = await exportTensorBoard([folder], out)
  const read = (part: string) =>
    readFolder(join(path, 'solved', part))
      .slice(1)
      .map(({ step, values }) => [step, Object.fromEntries(values)])
  expect(read('train')).toEqual([
    [1, { 'path_whole/loss': 0.25, 'path_whole/accuracy': 0.875, 'path_whole/penalty': 1 }],
    [2, { 'path_whole/loss': 0.125, 'path_whole/accuracy': 0.875, 'path_whole/penalty': 0.25 }],
    [
      1,
      {
        'path_whole_closer/loss': 0.0625,
        'path_whole_closer/accuracy': 0.875,
        'path_whole_closer/penalty': 1,
      },
    ],
  ])
  expect(read('validation')[0]).toEqual([
    1,
    { 'path_whole/loss': 0.5, 'path_whole/accuracy': 0.75, 'path_whole/penalty': 1 },
  ])
  expect(read('validation').at(-1)).toEqual([
    40,
    { 'learning_curve/accuracy': 0.5, 'learning_curve/loss': 1 },
  ])
})

it('writes nothing where a run is not there', async () => {
  const out = join(root, 'none')
  mkdirSync(out)
  const run = join(root, 'runs', 'gone')
  await expect(exportTensorBoard([run], out)).rejects.toMatchObject({ code: 'run-missing' })
  expect(readdirSync(out)).toEqual([])
  const known = join(root, 'runs', 'run-1')
  await expect(exportTensorBoard([known], join(root, 'nowhere'))).rejects.toMatchObject({
    code: 'not-writable',
  })
})

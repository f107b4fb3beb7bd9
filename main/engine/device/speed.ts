// How fast this machine multiplies: what plans are estimated with, measured once and kept.
import { readFileSync } from 'node:fs'
import os from 'node:os'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import type { Precision } from '../graph/emit'
import { Graph } from '../graph/graph'
import { cast, convert, convolution } from '../graph/ops'
import { Tape } from '../graph/tape'
import { openSession } from '../tensorflow/session'
import { homePaths, type Home } from '../training/home'

const Speed = z.record(z.string(), z.number())

/** Multiply-adds a second of a 3 x 3 convolution, from speed.json or measured now (about 0.3 s). */
export async function computeSpeed(
  home: Home,
  { device, precision }: { device: string; precision: Precision },
): Promise<number> {
  const { speed } = homePaths(home)
  const name = `${os.cpus()[0]?.model ?? 'cpu'}/${device}/${precision}`
  const known = readSpeeds(speed)
  if (known[name]) return known[name]
  const measured = await measureSpeed(precision)
  await writeFileAtomic(speed, JSON.stringify({ ...known, [name]: measured }))
  return measured
}

function readSpeeds(path: string): Record<string, number> {
  try {
    return Speed.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {}
  }
}

async function measureSpeed(precision: Precision): Promise<number> {
  const [batch, side, channels, depth] = [8, 28, 128, 4]
  const tape = new Tape(new Graph())
  const { graph } = tape
  const shape = [batch, side, side, channels]
  const x = graph.placeholder('x', 'float32', shape)
  const weights = new Float32Array(9 * channels * channels).fill(0.01)
  const filter = cast(tape, graph.array('filter', weights, [3, 3, channels, channels]), precision)
  let y = cast(tape, x, precision)
  for (let i = 0; i < depth; i++) y = convolution(tape, y, { filter, stride: 1 })
  const largest = tape.op('Max', [y, graph.constant('int32', [0, 1, 2, 3])], {
    dtype: precision,
    shape: [],
    attributes: { Tidx: { type: 'int32' }, keep_dims: { b: false } },
  })
  const output = convert(tape, largest, 'float32')
  const session = await openSession(graph, { run: { inputs: { x }, outputs: { output } } })
  const feed = { x: { data: new Float32Array(batch * side * side * channels).fill(0.1), shape } }
  session.run('run', feed)
  const started = performance.now()
  for (let i = 0; i < 3; i++) session.run('run', feed)
  const seconds = (performance.now() - started) / 1000
  session.dispose()
  // Whole networks reach about six tenths of one large convolution (measured on ResNet-50 v2).
  return (0.6 * 3 * depth * batch * side * side * channels * channels * 9) / seconds
}

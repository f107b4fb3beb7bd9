// What will compute, and how well: cores, precision, versions, what is missing; and the speed that
// plans are estimated with, measured once with the engine's own convolution and kept.
import { readFileSync } from 'node:fs'
import os from 'node:os'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import type { EngineStatus } from '../../shared/contract'
import type { RunConfig } from '../../shared/run'
import { Failure } from '../../shared/failure'
import { Graph } from './graph/graph'
import type { Precision } from './graph/emit'
import { convolution } from './graph/ops'
import { openSession } from './tensorflow/session'
import { Tape } from './graph/tape'
import { loadTensorflow } from './tensorflow/load'
import { homePaths, type Home } from './training/home'

/** bfloat16 pays only where the processor multiplies it (avx512_bf16 or amx_bf16). */
export function nativePrecision(): Precision {
  try {
    return /\b(avx512_bf16|amx_bf16)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
      ? 'bfloat16'
      : 'float32'
  } catch {
    return 'float32'
  }
}

export const choosePrecision = (asked: RunConfig['precision']): Precision =>
  asked === 'auto' ? nativePrecision() : asked

export async function engineStatus(): Promise<EngineStatus> {
  const threads = os.cpus().length
  const base = {
    precision: nativePrecision(),
    threads,
    memoryBytes: os.totalmem(),
    device: `CPU, ${threads} ${threads === 1 ? 'core' : 'cores'}`,
  }
  try {
    const tf = await loadTensorflow()
    const versions = { node: process.versions.node, tfjs: tf.version_core, 'tfjs-node': '4.22.0' }
    return { ...base, state: 'ready', engine: 'TensorFlow', versions, problems: [] }
  } catch (error) {
    const problem = error instanceof Failure ? error.message : String(error)
    return {
      ...base,
      state: 'failed',
      engine: 'none',
      versions: { node: process.versions.node },
      problems: [problem],
    }
  }
}

const Speed = z.record(z.string(), z.number())

/** Multiply-adds a second of a 3 x 3 convolution, from speed.json or measured now (about 0.3 s). */
export async function computeSpeed(home: Home, precision: Precision): Promise<number> {
  const { speed } = homePaths(home)
  const name = `${os.cpus()[0]?.model ?? 'cpu'}/${os.cpus().length}/${precision}`
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
  const [batch, side, channels] = [8, 28, 128]
  const tape = new Tape(new Graph())
  const x = tape.graph.placeholder('x', 'float32', [-1, side, side, channels])
  const cast = (value: typeof x) =>
    precision === 'float32'
      ? value
      : tape.op('Cast', [value], {
          attributes: { SrcT: { type: 'float32' }, DstT: { type: 'bfloat16' } },
          dtype: 'bfloat16',
          shape: value.shape,
        })
  const filter = cast(
    tape.graph.array('filter', new Float32Array(9 * channels * channels).fill(0.01), [
      3,
      3,
      channels,
      channels,
    ]),
  )
  let y = cast(x)
  for (let i = 0; i < 4; i++) y = convolution(tape, y, { filter, stride: 1 })
  const total = tape.op('Max', [y, tape.graph.constant('int32', [0, 1, 2, 3])], {
    attributes: { T: { type: y.dtype }, Tidx: { type: 'int32' }, keep_dims: { b: false } },
    dtype: y.dtype,
    shape: [],
  })
  const output =
    precision === 'float32'
      ? total
      : tape.op('Cast', [total], {
          attributes: { SrcT: { type: 'bfloat16' }, DstT: { type: 'float32' } },
          dtype: 'float32',
          shape: [],
        })
  const session = await openSession(tape.graph, { run: { inputs: { x }, outputs: { output } } })
  const feed = {
    x: {
      data: new Float32Array(batch * side * side * channels).fill(0.1),
      shape: [batch, side, side, channels],
    },
  }
  session.run('run', feed)
  const started = performance.now()
  for (let i = 0; i < 3; i++) session.run('run', feed)
  const seconds = (performance.now() - started) / 1000
  session.dispose()
  // Whole networks reach about six tenths of one large convolution (measured on ResNet-50 v2).
  return (0.6 * 3 * 4 * batch * side * side * channels * channels * 9) / seconds
}

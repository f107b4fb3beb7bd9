// What work costs on this machine, kept in speed.json: measured once for each kind of network and
// precision (probes.ts), and corrected by what finished runs took against their plans.
import { readFileSync } from 'node:fs'
import os from 'node:os'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import type { Architecture } from '../../../shared/network'
import type { Precision } from '../../../shared/device'
import { homePaths, type Home } from '../files/home'
import { createSerialQueue } from '../files/serialQueue'
import type { Speed } from './predict'
import { buildOf, measureSpeed } from './probes'

const seconds = z.number().min(0)
const Rate = z.object({ perMultiplyAdd: seconds, perValue: seconds, perLayer: seconds })
const Kept = z.object({
  format: z.literal(2),
  measured: z.record(
    z.string(),
    z.object({
      forward: Rate,
      training: Rate,
      perStep: seconds,
      perSavedByte: seconds,
      perWrittenByte: seconds,
      perReadByte: seconds,
      decodesBeside: z.boolean(),
    }),
  ),
  /** Of a kind of work: what it took, as a multiple of what was measured. */
  corrections: z.record(z.string(), z.number().positive()),
})
type Kept = z.infer<typeof Kept>

export interface Place {
  readonly device: string
  readonly precision: Precision
}
const nameOf = ({ device, precision }: Place) =>
  `${os.cpus()[0]?.model ?? 'cpu'}/${device}/${precision}`

/** Beyond these a run was held up by something else. */
const [least, most] = [0.2, 5]
/** How much one more run counts against those before it. */
const newShare = 0.5

const measuring = new Map<string, Promise<Speed>>()
/** One at a time: two that overlap would slow each other down. */
const queue = createSerialQueue()

/** From speed.json, or measured now (a second or two, once); a plan asks at every change. */
export async function speedOf(
  home: Home,
  { architecture, ...place }: Place & { readonly architecture: Architecture },
): Promise<Speed> {
  const name = `${nameOf(place)}/${buildOf(architecture)}`
  const known = read(home).measured[name]
  if (known) return known
  const key = `${home.folder}\n${name}`
  const begun = measuring.get(key)
  if (begun) return begun
  const measured = queue
    .run(() => measure(home, name, { architecture, ...place }))
    .finally(() => measuring.delete(key))
  measuring.set(key, measured)
  return measured
}

async function measure(
  home: Home,
  name: string,
  { architecture, device, precision }: Place & { readonly architecture: Architecture },
) {
  const usesGpu = device.includes('CUDA')
  const speed = await measureSpeed({ architecture, precision, usesGpu, folder: home.folder })
  const kept = read(home)
  await write(home, { ...kept, measured: { ...kept.measured, [name]: speed } })
  return speed
}

/** The correction for a kind of work; where none is known, the mean of its near kin, else none. */
export function correctionsOf(home: Home, place: Place): (kind: string) => number {
  const { corrections } = read(home)
  const name = nameOf(place)
  return (kind) => {
    const own = corrections[`${name}/${kind}`]
    if (own !== undefined) return own
    const kin = `${name}/${kind.slice(0, kind.lastIndexOf('/') + 1)}`
    const values = Object.entries(corrections).flatMap(([key, value]) =>
      key.startsWith(kin) ? [Math.log(value)] : [],
    )
    return values.length ? Math.exp(values.reduce((a, b) => a + b) / values.length) : 1
  }
}

/** Folds in that work of a kind took `ratio` times what was foretold with the correction of today. */
export async function correct(
  home: Home,
  place: Place,
  { kind, ratio }: { readonly kind: string; readonly ratio: number },
): Promise<void> {
  const kept = read(home)
  const key = `${nameOf(place)}/${kind}`
  const before = correctionsOf(home, place)(kind)
  const share = kept.corrections[key] === undefined ? 1 : newShare
  const after = Math.min(most, Math.max(least, before * ratio ** share))
  await write(home, { ...kept, corrections: { ...kept.corrections, [key]: after } })
}

function read(home: Home): Kept {
  try {
    return Kept.parse(JSON.parse(readFileSync(homePaths(home).speed, 'utf8')))
  } catch {
    return { format: 2, measured: {}, corrections: {} }
  }
}

/** A disk that cannot be written only means measuring again next time. */
const write = (home: Home, kept: Kept) =>
  writeFileAtomic(homePaths(home).speed, JSON.stringify(kept)).catch(() => undefined)

// The speed of this computer, stored in speed.json: measured once for each kind of network and precision
// (probes.ts), and corrected by the times of finished runs against their plans.
import { readFileSync } from 'node:fs'
import os from 'node:os'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import type { Architecture } from '../../../shared/network'
import { describeDevice, type ComputeDevice, type Precision } from '../../../shared/device'
import { homePaths, type Home } from '../files/home'
import { seal, unseal } from '../files/sealedJson'
import { createSerialQueue } from '../files/serialQueue'
import type { Speed } from './predict'
import { buildOf, measureSpeed } from './probes'

const seconds = z.number().min(0)
const Rate = z.object({ perMultiplyAdd: seconds, perValue: seconds, perLayer: seconds })
const SpeedFile = z.object({
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
  /** For each kind of work: seconds taken / seconds predicted from the measurements. */
  corrections: z.record(z.string(), z.number().positive()),
})
type SpeedFile = z.infer<typeof SpeedFile>

export interface DeviceSetup {
  readonly device: ComputeDevice
  readonly precision: Precision
}
const nameOf = ({ device, precision }: DeviceSetup) =>
  `${os.cpus()[0]?.model ?? 'cpu'}/${describeDevice(device, os.cpus().length)}/${precision}`

/** Bounds of a correction; beyond them something else slowed the run down. */
const [minCorrection, maxCorrection] = [0.2, 5]
/** Weight of a new run against all runs before it. */
const newShare = 0.5

const measuring = new Map<string, Promise<Speed>>()
/** One at a time: two that overlap would slow each other down. */
const queue = createSerialQueue()

/** From speed.json, or measured now, which takes a second or two.
 *  @throws {Failure} out-of-memory, disk-full, not-writable */
export async function speedOf(
  home: Home,
  { architecture, ...setup }: DeviceSetup & { readonly architecture: Architecture },
): Promise<Speed> {
  const name = `${nameOf(setup)}/${buildOf(architecture)}`
  const known = read(home).measured[name]
  if (known) return known
  const key = `${home.folder}\n${name}`
  const begun = measuring.get(key)
  if (begun) return begun
  const measured = queue
    .run(() => measure(home, name, { architecture, ...setup }))
    .finally(() => measuring.delete(key))
  measuring.set(key, measured)
  return measured
}

async function measure(
  home: Home,
  name: string,
  { architecture, device, precision }: DeviceSetup & { readonly architecture: Architecture },
) {
  const usesGpu = device.kind === 'cuda'
  const speed = await measureSpeed({ architecture, precision, usesGpu, folder: home.folder })
  const kept = read(home)
  await write(home, { ...kept, measured: { ...kept.measured, [name]: speed } })
  return speed
}

/** The correction for a kind of work. If none is known, the geometric mean of those for the other stages
 *  of the same architecture, else 1. */
export function correctionsOf(home: Home, setup: DeviceSetup): (kind: string) => number {
  const { corrections } = read(home)
  const name = nameOf(setup)
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

/** Updates the correction: work of a kind took `taken` times what is predicted without one. */
export async function correct(
  home: Home,
  setup: DeviceSetup,
  { kind, taken }: { readonly kind: string; readonly taken: number },
): Promise<void> {
  const kept = read(home)
  const key = `${nameOf(setup)}/${kind}`
  const before = kept.corrections[key] ?? taken
  const mean = before ** (1 - newShare) * taken ** newShare
  const after = Math.min(maxCorrection, Math.max(minCorrection, mean))
  await write(home, { ...kept, corrections: { ...kept.corrections, [key]: after } })
}

function read(home: Home): SpeedFile {
  try {
    return SpeedFile.parse(unseal(readFileSync(homePaths(home).speed, 'utf8')))
  } catch {
    return { format: 2, measured: {}, corrections: {} }
  }
}

/** If the file cannot be written, the speed is measured again next time. */
const write = (home: Home, file: SpeedFile) =>
  writeFileAtomic(homePaths(home).speed, seal(file)).catch(() => undefined)

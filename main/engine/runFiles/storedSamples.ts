// The photos that a run began with, stored beside it: a resumed run sees the same photos with the same
// labels in the same order, whatever has happened to the data set meanwhile.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { seal, unseal } from '../files/sealedJson'
import { writeFileAtomically } from '../files/wholeFiles'
import { runPaths } from './runFolder'
import type { Samples } from '../plan/samples'

const Sample = z.object({ id: z.string(), path: z.string(), label: z.number().int().min(0) })
const StoredSamples = z.object({
  format: z.literal(1),
  classes: z.array(z.string()),
  train: z.array(Sample),
  val: z.array(Sample),
  test: z.array(Sample),
})

/** @throws {Failure} disk-full, not-writable */
export async function storeSamples(folder: string, { classes, train, val, test }: Samples) {
  const bare = (list: Samples['train']) => list.map(({ id, path, label }) => ({ id, path, label }))
  const stored = { format: 1, classes, train: bare(train), val: bare(val), test: bare(test) }
  await writeFileAtomically(runPaths(folder).samples, [Buffer.from(seal(stored))])
}

/** Null if the run has none, or none that can be read. */
export async function readSamples(folder: string): Promise<Samples | null> {
  try {
    return StoredSamples.parse(unseal(await readFile(runPaths(folder).samples, 'utf8')))
  } catch {
    return null
  }
}

/** SHA-256 over paths, labels and splits, in hexadecimal. */
export function fingerprintOfSamples({ classes, train, val, test }: Samples): string {
  const hash = createHash('sha256').update(JSON.stringify(classes))
  for (const [name, list] of Object.entries({ train, val, test })) {
    for (const { path, label } of list) hash.update(`${name}\0${path}\0${label}\n`)
  }
  return hash.digest('hex')
}

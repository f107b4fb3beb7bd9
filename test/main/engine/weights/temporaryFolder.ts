// A folder that lives as long as one test file, and the two things every test here asks of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { Failure } from '../../../../shared/failure'

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'restage-weights-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let count = 0
  const path = (name?: string) => join(folder, name ?? `file-${++count}`)
  const save = (bytes: Uint8Array, name?: string) => {
    const target = path(name)
    writeFileSync(target, bytes)
    return target
  }
  return { folder, path, save }
}

/** The Failure that `promise` ends in; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const outcome = await promise.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  )
  if (outcome instanceof Failure) return outcome
  throw outcome instanceof Error ? outcome : new Error(String(outcome))
}

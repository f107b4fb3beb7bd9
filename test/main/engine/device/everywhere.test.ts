// The engine calculates the same, bit for bit, in this Node and in a newer one. (In Electron's
// utility process: test/e2e/engine.test.ts.)
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { nextNode } from '../../../../scripts/setup/nextNode.mjs'

interface Doctor {
  readonly versions: Readonly<Record<string, string>>
  readonly problems: readonly string[]
  readonly selfCheck: { readonly bits: string; readonly processorRight: boolean }
}

async function doctorIn(node: string): Promise<Doctor> {
  const home = mkdtempSync(join(tmpdir(), 'restage-doctor-'))
  try {
    const { stdout } = await promisify(execFile)(node, ['dist/cli/index.cjs', 'doctor', '--json'], {
      env: { ...process.env, RESTAGE_HOME: home },
    })
    return JSON.parse(stdout) as Doctor
  } finally {
    rmSync(home, { recursive: true })
  }
}

const newer = nextNode()
if (!newer) process.stderr.write('skipped: there is no newer Node in .runtime\n')

it.skipIf(!newer)('Node 20 and Node 24 calculate the same', async () => {
  const [here, there] = [await doctorIn(process.execPath), await doctorIn(newer!)]
  expect(there.versions.node).toMatch(/^24\./)
  expect(there.problems).toEqual([])
  expect(there.selfCheck.processorRight).toBe(true)
  expect(there.selfCheck.bits).toBe(here.selfCheck.bits)
})

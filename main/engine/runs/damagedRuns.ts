// Runs whose run.json cannot be read: the list of runs leaves them out, so the person is told of them.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../files/fileFailures'
import { inParallel } from '../files/parallel'
import { unseal } from '../files/sealedJson'
import { runPaths } from '../runFiles/runFolder'

const atOnce = 16

/** Their ids, in order. A folder that a stop left before it had any file is no run. */
export async function damagedRuns(root: string): Promise<string[]> {
  const found: string[] = []
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  const folders = entries.filter((entry) => entry.isDirectory())
  await inParallel(folders, atOnce, async ({ name }) => {
    if (!(await isSound(join(root, name)))) found.push(name)
  })
  return found.sort()
}

async function isSound(folder: string): Promise<boolean> {
  try {
    const file = unseal(await readFile(runPaths(folder).run, 'utf8'))
    return typeof file === 'object' && file !== null && 'format' in file && file.format === 1
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') return false
    const names = await readdir(folder).catch(() => [])
    return !names.some((name) => /^(metrics\.jsonl|weights\.safetensors)$/.test(name))
  }
}

// Lets one process at a time write to a file. A claim is an empty file beside it whose name tells the
// process; it counts only while that process lives, so a killed one blocks nobody. Each claim has a name
// of its own and is made before the others are looked for: of two at once, at least one sees the other.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { open, readdir, realpath, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../../shared/failure'
import { writeFailure } from './fileFailures'

export interface Claim {
  /** Never rejects. */
  release(): Promise<void>
}

const attempts = 4
/** Milliseconds by which clocks may have been set since the computer was started. */
const clockTolerance = 60_000

/** Null while another process holds it, or another caller in this process; with `amongProcesses` claims of
 *  this process do not count. Nor do claims that came with a folder from another place or another computer.
 *  The folder of `path` must exist.
 *  @throws Node's own errors of writing into the folder */
export async function claim(path: string, { amongProcesses = false } = {}): Promise<Claim | null> {
  const folder = await realpath(dirname(path))
  const begins = `${basename(path)}.claim.${placeOf(folder)}.`
  const ours = `${begins}${process.pid}.${startOf(process.pid)}.`
  for (let attempt = 1; ; attempt++) {
    const own = `${ours}${randomBytes(4).toString('hex')}`
    const file = join(folder, own)
    await (await open(file, 'wx')).close()
    const release = () => rm(file, { force: true }).catch(() => undefined)
    try {
      const names = (await readdir(folder)).filter((name) => name.startsWith(begins))
      const others = names.filter(
        (name) => name !== own && !(amongProcesses && name.startsWith(ours)),
      )
      const held = await Promise.all(others.map((name) => isHeld(folder, name)))
      if (!held.includes(true)) return { release }
    } catch (error) {
      await release()
      throw error
    }
    await release()
    // The other one may have seen this claim, too, and have given up.
    if (attempt === attempts) return null
    await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 50))
  }
}

/** Within this process the caller sees to it that there is one writer.
 *  @throws {Failure} in-use while another process holds it, disk-full, not-writable */
export async function claimOrFail(path: string): Promise<Claim> {
  const held = await claim(path, { amongProcesses: true }).catch((error: unknown) => {
    throw writeFailure(path, error)
  })
  if (!held) throw new Failure('in-use', { path })
  return held
}

/** Removes a claim whose process is gone. */
async function isHeld(folder: string, name: string): Promise<boolean> {
  const file = join(folder, name)
  const [pid, start] = name.split('.').slice(-3, -1)
  if (await isAlive(Number(pid), { start: start!, file })) return true
  await rm(file, { force: true }).catch(() => undefined)
  return false
}

async function isAlive(
  pid: number,
  { start, file }: { readonly start: string; readonly file: string },
): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  // The number of a process that is gone is given to another one.
  if (start !== unknownStart) return start === startOf(pid)
  const made = await stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  return made > Date.now() - os.uptime() * 1000 - clockTolerance
}

const unknownStart = 'x'

/** When a process started, on Linux in clock ticks since the computer did (proc(5), field 22); 'gone' for
 *  one that has ended and only waits for its parent. */
function startOf(pid: number): string {
  if (process.platform !== 'linux') return unknownStart
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program, in brackets, may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? 'gone' : fields[19]!
  } catch {
    return 'gone'
  }
}

/** Eight digits for a folder of this computer. */
const placeOf = (folder: string) =>
  createHash('sha256').update(`${os.hostname()}\0${folder}`).digest('hex').slice(0, 8)

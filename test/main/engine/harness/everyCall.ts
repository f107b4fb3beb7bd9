// Lets every call of the file system fail in turn while a scenario works, once or from then on, and asks
// the scenario after each what is there.
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../../shared/failure'
import { seededRandom } from '../../../../shared/random'
import { observeFileCalls, type FileCall, type FileCallKind, type Refusal } from './fileCalls'

export interface Scenario {
  readonly name: string
  /** Makes what is there before. */
  prepare(folder: string): Promise<unknown>
  /** Works while one of its calls fails; answers with a function that is called when calls succeed again,
   *  and that throws where the state is neither the old nor the new, or where work is not possible. What
   *  it throws itself must be a failure. */
  work(folder: string): Promise<() => Promise<unknown>>
}

const errorsOf: Readonly<Record<FileCallKind, readonly string[]>> = {
  open: ['EACCES', 'EMFILE', 'ENOSPC', 'EIO'],
  read: ['EIO', 'EMFILE', 'EACCES'],
  write: ['ENOSPC', 'EIO'],
  truncate: ['EIO'],
  sync: ['EIO', 'ENOSPC'],
  close: ['EIO'],
  rename: ['EACCES', 'EIO', 'ENOSPC'],
  unlink: ['EACCES', 'EIO'],
  mkdir: ['ENOSPC', 'EACCES', 'EMFILE'],
  list: ['EACCES', 'EMFILE'],
  copy: ['ENOSPC', 'EIO'],
  link: ['EACCES', 'ENOSPC'],
}
/** They may have happened though they report an error, as on network drives. */
const mayHappen = new Set<FileCallKind>(['rename', 'unlink', 'mkdir', 'sync', 'truncate'])
const writes = new Set<FileCallKind>(['open', 'write', 'sync', 'rename', 'mkdir', 'copy', 'link'])

interface Point {
  /** The number of the first call that fails, from 1 on. */
  readonly n: number
  readonly error: string
  /** 'half' as 'once', with half of the bytes written; 'after': all of it happens. 'on': all later calls
   *  fail too, as they do on a full disk or in a folder without permission. */
  readonly mode: 'once' | 'half' | 'after' | 'on'
}

const pointsOf = (calls: readonly FileCall[]): Point[] =>
  calls.flatMap(({ kind }, i) =>
    errorsOf[kind].flatMap((error): Point[] => [
      { n: i + 1, error, mode: 'once' },
      ...(kind === 'write' ? [{ n: i + 1, error, mode: 'half' } as const] : []),
      ...(mayHappen.has(kind) ? [{ n: i + 1, error, mode: 'after' } as const] : []),
      ...(writes.has(kind) ? [{ n: i + 1, error, mode: 'on' } as const] : []),
    ]),
  )

export interface Tried {
  readonly calls: number
  readonly points: number
  /** One line for each point after which something was wrong. */
  readonly wrong: readonly string[]
}

/** @param options.share of the points that are tried, drawn with a seed; 1: all */
export async function failEveryCall(
  root: string,
  scenario: Scenario,
  { share }: { readonly share: number },
): Promise<Tried> {
  const template = join(root, 'template')
  mkdirSync(template, { recursive: true })
  await scenario.prepare(template)
  const calls: FileCall[] = []
  await attempt(root, scenario, {
    before(call) {
      calls.push(call)
      return null
    },
  })
  const random = seededRandom(`every call of ${scenario.name}`)
  const points = pointsOf(calls).filter(() => random.next() < share)
  const wrong: string[] = []
  for (const point of points) {
    let n = 0
    let failed: FileCall | null = null
    const before = (call: FileCall): Refusal | null => {
      n++
      const isHit = n === point.n || (point.mode === 'on' && n > point.n && writes.has(call.kind))
      if (!isHit) return null
      failed ??= call
      const error = Object.assign(new Error(`${point.error}: injected`), { code: point.error })
      const { mode } = point
      const when =
        call.kind === 'close' ? 'after' : mode === 'half' || mode === 'after' ? mode : 'before'
      return { error, when }
    }
    const reason = await attempt(root, scenario, { before })
    if (reason === null) continue
    const { kind, path, to } = failed ?? { kind: 'none', path: '', to: undefined }
    const where = [path, to].flatMap((each) => each?.slice(root.length) ?? []).join(' -> ')
    wrong.push(
      `${scenario.name}: ${point.error} ${point.mode} at ${point.n} (${kind} ${where}): ${reason}`,
    )
  }
  rmSync(template, { recursive: true })
  return { calls: calls.length, points: points.length, wrong }
}

/** Null where all is well, else what is wrong. */
async function attempt(
  root: string,
  { work }: Scenario,
  { before }: { before: (call: FileCall) => Refusal | null },
): Promise<string | null> {
  const folder = join(root, 'work')
  cpSync(join(root, 'template'), folder, { recursive: true, preserveTimestamps: true })
  let isFailing = true
  const stop = observeFileCalls(folder, { before: (call) => (isFailing ? before(call) : null) })
  try {
    const check = await work(folder)
    isFailing = false
    await check()
    return null
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  } finally {
    stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The failure that the work ended in, or null. @throws what is no failure with a code */
export async function failureIn(work: () => unknown): Promise<Failure | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof Failure) return error
    throw new Error(
      `not told as a failure: ${error instanceof Error ? error.stack : String(error)}`,
    )
  }
}

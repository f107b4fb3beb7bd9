// A shim over Node's file system: every call that the engine makes below one folder is shown to an
// observer, which may let it fail, wholly or half-way. Node's own module objects are patched, so it
// reaches every importer (ES modules by syncBuiltinESMExports) and packages such as write-file-atomic.
import fs, { type PathLike } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'

export type FileCallKind =
  | 'open'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'close'
  | 'rename'
  | 'unlink'
  | 'mkdir'
  | 'list'
  | 'copy'
  | 'link'

export interface FileCall {
  readonly kind: FileCallKind
  readonly path: string
  /** Where it goes: of 'rename', 'copy' and 'link'. */
  readonly to?: string
  /** Of 'open'. */
  readonly flags?: string
  /** Number of the open file, counted from the installation on; -1 for calls that name a path. */
  readonly file: number
  /** Of 'write'. */
  readonly bytes?: Uint8Array
  /** Of 'write': null writes on from the last position. Of 'truncate': the new size. */
  readonly at?: number | null
}

export interface Observer {
  /** An error lets the call fail before it does anything; `half` lets half of a write happen first, and
   *  `after` the whole call. */
  before?(call: FileCall): Refusal | null
  /** The call has succeeded, or half of it when `call.bytes` is shorter. */
  after?(call: FileCall): void
}
export interface Refusal {
  readonly error: NodeJS.ErrnoException
  readonly when: 'before' | 'half' | 'after'
}

type AnyFunction = (...input: never[]) => unknown
type Loose = Record<string, (...input: unknown[]) => unknown>

// Node loads what removes folders when it is first asked to, and keeps the functions of that moment.
fs.rmSync(join(tmpdir(), 'there-is-no-such-folder'), { recursive: true, force: true })

/** Patches the file system until the answered function is called. */
export function observeFileCalls(root: string, observer: Observer): () => void {
  const inside = (path: unknown): path is PathLike =>
    (typeof path === 'string' || path instanceof URL || Buffer.isBuffer(path)) &&
    `${resolve(String(path))}${sep}`.startsWith(`${resolve(root)}${sep}`)
  const undo: (() => void)[] = []
  const replace = (target: object, name: string, make: (original: AnyFunction) => AnyFunction) => {
    const loose = target as Record<string, AnyFunction>
    const original = loose[name]!
    loose[name] = make(original.bind(target) as AnyFunction)
    undo.push(() => (loose[name] = original))
  }
  /** Paths of the files that are open by number, as the callback and synchronous functions have them. */
  const byDescriptor = new Map<number, { file: number; path: string }>()
  let files = 0

  const ask = (call: FileCall) => observer.before?.(call) ?? null
  /** Runs the call as the observer wants it; `half` runs it with half of the bytes. */
  const runSync = <T>(call: FileCall, perform: (bytes?: Uint8Array) => T): T => {
    const refusal = ask(call)
    if (refusal?.when === 'before') throw refusal.error
    if (refusal?.when === 'half' && call.bytes) {
      const bytes = call.bytes.subarray(0, call.bytes.length >> 1)
      perform(bytes)
      observer.after?.({ ...call, bytes })
      throw refusal.error
    }
    const result = perform(call.bytes)
    observer.after?.(call)
    if (refusal) throw refusal.error
    return result
  }
  const runAsync = async <T>(call: FileCall, perform: (bytes?: Uint8Array) => Promise<T>) => {
    const refusal = ask(call)
    if (refusal?.when === 'before') throw refusal.error
    if (refusal?.when === 'half' && call.bytes) {
      const bytes = call.bytes.subarray(0, call.bytes.length >> 1)
      await perform(bytes)
      observer.after?.({ ...call, bytes })
      throw refusal.error
    }
    const result = await perform(call.bytes)
    observer.after?.(call)
    if (refusal) throw refusal.error
    return result
  }

  const bytesOf = (data: unknown): Uint8Array =>
    typeof data === 'string'
      ? Buffer.from(data)
      : ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : Buffer.alloc(0)

  const watchHandle = (handle: Loose, { file, path }: { file: number; path: string }) => {
    const own = <T extends string>(name: T) => handle[name]!.bind(handle)
    const [write, writeFile, appendFile] = [own('write'), own('writeFile'), own('appendFile')]
    const [truncate, sync, datasync, close] = [
      own('truncate'),
      own('sync'),
      own('datasync'),
      own('close'),
    ]
    const run = (call: Omit<FileCall, 'path' | 'file'>, perform: (bytes?: Uint8Array) => unknown) =>
      runAsync({ ...call, path, file }, async (bytes) => perform(bytes))
    let open = true
    Object.assign(handle, {
      write: (data: Uint8Array, offset = 0, length = data.byteLength - offset, at = null) =>
        run(
          { kind: 'write', bytes: bytesOf(data).subarray(offset, offset + length), at },
          (bytes) => write(bytes, 0, bytes!.length, at),
        ),
      writeFile: (data: unknown) =>
        run({ kind: 'write', bytes: bytesOf(data), at: null }, (bytes) => writeFile(bytes)),
      appendFile: (data: unknown) =>
        run({ kind: 'write', bytes: bytesOf(data), at: null }, (bytes) => appendFile(bytes)),
      truncate: (size = 0) => run({ kind: 'truncate', at: size }, () => truncate(size)),
      sync: () => run({ kind: 'sync' }, () => sync()),
      datasync: () => run({ kind: 'sync' }, () => datasync()),
      close: () => {
        if (!open) return close()
        open = false
        return run({ kind: 'close' }, () => close())
      },
    })
    return handle
  }

  // What names paths, of fs.promises.
  const promised = (name: string, callOf: (...input: unknown[]) => Omit<FileCall, 'file'>) =>
    replace(
      fs.promises,
      name,
      (original) =>
        (async (...input: unknown[]) => {
          if (!inside(input[0])) return (original as AnyFunction & Loose[string])(...input)
          const call = { file: -1, ...callOf(...input) }
          return runAsync(call, async (bytes) =>
            (original as Loose[string])(
              ...(call.kind === 'write' ? [input[0], bytes, ...input.slice(2)] : input),
            ),
          )
        }) as AnyFunction,
    )
  const from = (kind: FileCallKind) => (path: unknown) => ({ kind, path: String(path) })
  const fromTo = (kind: FileCallKind) => (path: unknown, to: unknown) => ({
    ...{ kind, path: String(path), to: String(to) },
  })
  const whole = (path: unknown, data: unknown) => ({
    ...{ kind: 'write' as const, path: String(path), bytes: bytesOf(data), at: 0 },
  })
  replace(
    fs.promises,
    'open',
    (original) =>
      (async (...input: unknown[]) => {
        const open = original as unknown as (...input: unknown[]) => Promise<Loose>
        if (!inside(input[0])) return open(...input)
        const at = { file: ++files, path: String(input[0]) }
        const call = { kind: 'open' as const, ...at, flags: String(input[1] ?? 'r') }
        return watchHandle(await runAsync(call, () => open(...input)), at)
      }) as AnyFunction,
  )
  promised('rename', fromTo('rename'))
  promised('unlink', from('unlink'))
  promised('rm', from('unlink'))
  promised('mkdir', from('mkdir'))
  promised('readFile', from('read'))
  promised('readdir', from('list'))
  promised('writeFile', whole)
  promised('copyFile', fromTo('copy'))
  promised('link', fromTo('link'))
  promised('symlink', (path, to) => ({ kind: 'link', path: String(to), to: String(path) }))

  // The same, synchronous and with callbacks.
  const synchronous = (name: string, callOf: (...input: unknown[]) => Omit<FileCall, 'file'>) =>
    replace(
      fs,
      name,
      (original) =>
        ((...input: unknown[]) => {
          const perform = original as unknown as (...input: unknown[]) => unknown
          if (!inside(input[0])) return perform(...input)
          const call = { file: -1, ...callOf(...input) }
          return runSync(call, (bytes) =>
            perform(...(call.kind === 'write' ? [input[0], bytes, ...input.slice(2)] : input)),
          )
        }) as AnyFunction,
    )
  synchronous('renameSync', fromTo('rename'))
  synchronous('unlinkSync', from('unlink'))
  synchronous('rmSync', from('unlink'))
  synchronous('mkdirSync', from('mkdir'))
  synchronous('readFileSync', from('read'))
  synchronous('readdirSync', from('list'))
  synchronous('writeFileSync', whole)
  replace(
    fs,
    'openSync',
    (original) =>
      ((...input: unknown[]) => {
        const open = original as unknown as (...input: unknown[]) => number
        if (!inside(input[0])) return open(...input)
        const at = { file: ++files, path: String(input[0]) }
        const flags = String(input[1] ?? 'r')
        const descriptor = runSync({ kind: 'open', ...at, flags }, () => open(...input))
        byDescriptor.set(descriptor, at)
        return descriptor
      }) as AnyFunction,
  )
  const ofDescriptor = (name: string, callOf: (...input: unknown[]) => Partial<FileCall>) =>
    replace(
      fs,
      name,
      (original) =>
        ((...input: unknown[]) => {
          const perform = original as unknown as (...input: unknown[]) => unknown
          const at = byDescriptor.get(input[0] as number)
          if (!at) return perform(...input)
          const call = { kind: 'read' as const, ...at, ...callOf(...input) }
          if (call.kind === 'close') byDescriptor.delete(input[0] as number)
          return runSync(call, (bytes) => {
            if (call.kind !== 'write') return perform(...input)
            const done = fs.writevSync(input[0] as number, [bytes!], call.at ?? undefined)
            return name === 'writeSync' ? done : undefined
          })
        }) as AnyFunction,
    )
  ofDescriptor('writeSync', (_, data, ...rest) => writeCall(data, rest))
  ofDescriptor('appendFileSync', (_, data) => ({ kind: 'write', bytes: bytesOf(data), at: null }))
  ofDescriptor('fsyncSync', () => ({ kind: 'sync' }))
  ofDescriptor('closeSync', () => ({ kind: 'close' }))
  function writeCall(data: unknown, rest: unknown[]): Partial<FileCall> {
    const bytes = bytesOf(data)
    if (typeof data === 'string')
      return { kind: 'write', bytes, at: (rest[0] as number | undefined) ?? null }
    const [offset = 0, length = bytes.length, at = null] = rest as [number?, number?, number?]
    return { kind: 'write', bytes: bytes.subarray(offset, offset + length), at }
  }

  const callback =
    <T>(perform: () => T, done: (error: unknown, result?: T) => void) =>
    () => {
      let result: T
      try {
        result = perform()
      } catch (error) {
        return done(error)
      }
      done(null, result)
    }
  for (const name of ['open', 'write', 'fsync', 'close', 'rename', 'unlink'] as const)
    replace(
      fs,
      name,
      (original) =>
        ((...input: unknown[]) => {
          const done = input[input.length - 1] as (error: unknown, result?: unknown) => void
          const first = input[0]
          const ours = typeof first === 'number' ? byDescriptor.has(first) : inside(first)
          if (!ours) return (original as unknown as (...input: unknown[]) => unknown)(...input)
          // Asynchronous to the caller; the work itself is done by the patched synchronous function.
          const same = (fs as unknown as Loose)[`${name}Sync`]!
          setImmediate(callback(() => same(...input.slice(0, -1)), done))
        }) as AnyFunction,
    )

  syncBuiltinESMExports()
  return () => {
    for (const one of undo.reverse()) one()
    syncBuiltinESMExports()
  }
}

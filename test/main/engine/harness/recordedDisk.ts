// What a scenario does to the disk, as a list of effects with the moments at which they were made to last,
// and the states that a loss of power may leave. The model is the weakest that POSIX allows, as in ALICE
// (Pillai et al., OSDI 2014): the content of a file lasts from its fsync on, a name (made, renamed or
// removed) from the fsync of its folder on; everything else may be there or not, in any combination, and
// of the last write only a half. Renaming is atomic.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Random } from '../../../../shared/random'
import { observeFileCalls, type FileCall } from './fileCalls'

/** A file or folder, whatever its name. */
interface Node {
  readonly isFolder: boolean
  readonly id: number
}
type Effect =
  | { readonly kind: 'write'; readonly node: Node; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cut'; readonly node: Node; readonly size: number }
  /** Names in folders, changed together; null: removed. */
  | { readonly kind: 'names'; readonly names: readonly Name[] }
interface Name {
  readonly folder: Node
  readonly name: string
  readonly node: Node | null
}
type Entry =
  | { readonly type: 'effect'; readonly effect: Effect }
  | { readonly type: 'sync'; readonly node: Node }

type Files = ReadonlyMap<string, Uint8Array | null>

/** Effects by their numbers that may be dropped, of those before the loss. */
export type Choose = (pending: readonly number[]) => {
  kept: ReadonlySet<number>
  half: number | null
}

export class RecordedDisk {
  private readonly entries: Entry[] = []
  private readonly root: Node = { isFolder: true, id: 0 }
  private readonly before: Files
  private nodes = 1
  /** The names as they are while it is recorded: folder id -> name -> node. */
  private readonly now = new Map<number, Map<string, Node>>([[0, new Map()]])
  private readonly sizes = new Map<number, number>()
  private readonly open = new Map<number, { node: Node; at: number; appends: boolean }>()
  private readonly starts = new Map<string, Node>()

  constructor(private readonly folder: string) {
    this.before = filesBelow(folder)
    for (const [path, bytes] of this.before) {
      const node = this.made(bytes === null)
      this.starts.set(path, node)
      this.put(path, node)
      if (bytes) this.sizes.set(node.id, bytes.length)
    }
  }

  /** How much was recorded so far: where a loss of power may come. */
  get length() {
    return this.entries.length
  }

  /** Records until the answered function is called. */
  record(): () => void {
    return observeFileCalls(this.folder, { after: (call) => this.note(call) })
  }

  /** Writes into `target` what is left of the first `length` entries. Effects that lasted are there; of the
   *  others those that `choose` keeps. */
  restore(target: string, length: number, choose: Choose) {
    const entries = this.entries.slice(0, length)
    const pending = entries.flatMap((entry, i) =>
      entry.type === 'effect' && !this.lasts(entry.effect, entries.slice(i + 1)) ? [i] : [],
    )
    const { kept, half } = choose(pending)
    const dropped = new Set(pending.filter((i) => !kept.has(i)))
    const contents = new Map<number, Buffer>()
    const names = new Map<number, Map<string, Node>>([[0, new Map()]])
    for (const [path, bytes] of this.before) {
      const node = this.starts.get(path)!
      namesOf(names, parentIn(names, path)).set(nameOf(path), node)
      if (bytes) contents.set(node.id, Buffer.from(bytes))
    }
    for (const [i, entry] of entries.entries()) {
      if (entry.type !== 'effect' || dropped.has(i)) continue
      applied(entry.effect, { contents, names, isHalf: i === half })
    }
    writeTree(target, { contents, names })
  }

  private lasts(effect: Effect, later: readonly Entry[]): boolean {
    const synced = new Set(later.flatMap((entry) => (entry.type === 'sync' ? entry.node.id : [])))
    return effect.kind === 'names'
      ? effect.names.every(({ folder }) => synced.has(folder.id))
      : synced.has(effect.node.id)
  }

  private note(call: FileCall) {
    const path = this.inside(call.path)
    switch (call.kind) {
      case 'open':
        return this.noteOpen(path, call)
      case 'write':
        return this.noteWrite(path, call)
      case 'truncate': {
        const { node } = this.open.get(call.file)!
        this.effect({ kind: 'cut', node, size: call.at ?? 0 })
        return this.sizes.set(node.id, call.at ?? 0)
      }
      case 'sync':
        return this.entries.push({ type: 'sync', node: this.open.get(call.file)!.node })
      case 'rename':
        return this.noteRename(path, this.inside(call.to!))
      case 'unlink': {
        const { folder, name } = this.place(path)
        if (!this.now.get(folder.id)!.has(name)) return
        return this.change([{ folder, name, node: null }])
      }
      case 'mkdir':
        return this.noteFolder(path)
      default:
        return undefined
    }
  }

  private noteOpen(path: string, { file, flags = 'r' }: FileCall) {
    let node = this.find(path)
    if (!node) {
      node = this.made(false)
      this.change([{ ...this.place(path), node }])
      this.sizes.set(node.id, 0)
    } else if (flags.startsWith('w') && (this.sizes.get(node.id) ?? 0) > 0) {
      this.effect({ kind: 'cut', node, size: 0 })
      this.sizes.set(node.id, 0)
    }
    this.open.set(file, { node, at: 0, appends: flags.startsWith('a') })
  }

  private noteWrite(path: string, { file, bytes, at }: FileCall) {
    if (file === -1) {
      this.noteOpen(path, { kind: 'open', path, file, flags: 'w' })
    }
    const handle = this.open.get(file)!
    const { node } = handle
    const size = this.sizes.get(node.id) ?? 0
    const position = handle.appends ? size : (at ?? handle.at)
    this.effect({ kind: 'write', node, at: position, bytes: Uint8Array.from(bytes!) })
    this.sizes.set(node.id, Math.max(size, position + bytes!.length))
    if (at === null) handle.at = position + bytes!.length
  }

  private noteRename(from: string, to: string) {
    const [left, right] = [this.place(from), this.place(to)]
    const node = this.now.get(left.folder.id)!.get(left.name)!
    this.change([
      { ...left, node: null },
      { ...right, node },
    ])
  }

  private noteFolder(path: string) {
    const parts = path === '' ? [] : path.split('/')
    for (let i = 1; i <= parts.length; i++) {
      const at = parts.slice(0, i).join('/')
      if (!this.find(at)) this.change([{ ...this.place(at), node: this.made(true) }])
    }
  }

  private effect(effect: Effect) {
    this.entries.push({ type: 'effect', effect })
  }

  private change(names: readonly Name[]) {
    this.effect({ kind: 'names', names })
    for (const { folder, name, node } of names) {
      if (node) this.now.get(folder.id)!.set(name, node)
      else this.now.get(folder.id)!.delete(name)
    }
  }

  private made(isFolder: boolean): Node {
    const node = { isFolder, id: this.nodes++ }
    if (isFolder) this.now.set(node.id, new Map())
    return node
  }

  private put(path: string, node: Node) {
    const { folder, name } = this.place(path)
    this.now.get(folder.id)!.set(name, node)
  }

  private inside(path: string) {
    return relative(this.folder, resolve(path))
  }

  private find(path: string): Node | undefined {
    if (path === '') return this.root
    return path
      .split('/')
      .reduce<Node | undefined>((node, name) => node && this.now.get(node.id)?.get(name), this.root)
  }

  private place(path: string): { folder: Node; name: string } {
    const parent = dirname(path)
    return { folder: this.find(parent === '.' ? '' : parent)!, name: nameOf(path) }
  }
}

interface Tree {
  readonly contents: Map<number, Buffer>
  readonly names: Map<number, Map<string, Node>>
}

function applied(effect: Effect, { contents, names, isHalf }: Tree & { isHalf: boolean }) {
  switch (effect.kind) {
    case 'write': {
      const bytes = isHalf ? effect.bytes.subarray(0, effect.bytes.length >> 1) : effect.bytes
      const before = contents.get(effect.node.id) ?? Buffer.alloc(0)
      const after = Buffer.alloc(Math.max(before.length, effect.at + bytes.length))
      before.copy(after)
      after.set(bytes, effect.at)
      contents.set(effect.node.id, after)
      return
    }
    case 'cut': {
      const before = contents.get(effect.node.id) ?? Buffer.alloc(0)
      const after = Buffer.alloc(effect.size)
      before.copy(after)
      contents.set(effect.node.id, after)
      return
    }
    case 'names':
      for (const { folder, name, node } of effect.names) {
        if (node) namesOf(names, folder.id).set(name, node)
        else namesOf(names, folder.id).delete(name)
      }
  }
}

function namesOf(names: Map<number, Map<string, Node>>, id: number) {
  const found = names.get(id) ?? new Map<string, Node>()
  names.set(id, found)
  return found
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

function parentIn(names: Map<number, Map<string, Node>>, path: string): number {
  return path
    .split('/')
    .slice(0, -1)
    .reduce((id, name) => names.get(id)!.get(name)!.id, 0)
}

function writeTree(target: string, { contents, names }: Tree, id = 0) {
  mkdirSync(target, { recursive: true })
  for (const [name, node] of names.get(id) ?? []) {
    const path = join(target, name)
    if (node.isFolder) writeTree(path, { contents, names }, node.id)
    else writeFileSync(path, contents.get(node.id) ?? Buffer.alloc(0))
  }
}

/** Folders before what is in them; null stands for a folder. */
function filesBelow(root: string): Files {
  const files = new Map<string, Uint8Array | null>()
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      files.set(relative(root, path), entry.isDirectory() ? null : readFileSync(path))
      if (entry.isDirectory()) walk(path)
    }
  }
  walk(root)
  return files
}

/** All, none, each one alone, each one missing, the last write by half, and some drawn at random. */
export function choicesOf(random: Random, draws: number): Choose[] {
  const only = (keep: (pending: readonly number[]) => number[], half = false): Choose => {
    return (pending) => {
      const kept = new Set(keep(pending))
      return { kept, half: half ? (pending[pending.length - 1] ?? null) : null }
    }
  }
  const fixed = [
    only(() => []),
    only((pending) => [...pending]),
    only((pending) => [...pending], true),
    only((pending) => pending.slice(-1)),
    only((pending) => pending.slice(0, -1)),
    only((pending) => pending.slice(0, 1)),
    only((pending) => pending.slice(1)),
  ]
  const drawn = Array.from({ length: draws }, () =>
    only((pending) => pending.filter(() => random.next() < 0.5)),
  )
  return [...fixed, ...drawn]
}

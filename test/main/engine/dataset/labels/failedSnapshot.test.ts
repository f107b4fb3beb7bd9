// A snapshot that cannot be written ends nothing: it is told once, edits go on and are on the disk, and
// the snapshot is written as soon as it can be.
import { cpSync } from 'node:fs'
import { readdir, rm, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openLabels } from '../../../../../main/engine/dataset/labels/labelStore'
import type { Failure } from '../../../../../shared/failure'
import { observeFileCalls, type FileCall } from '../../harness/fileCalls'

let folder = ''
let stop = () => {}
let refuse: (call: FileCall) => string | null = () => null
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'failed-snapshot-'))
  stop = observeFileCalls(folder, {
    before(call) {
      const code = refuse(call)
      return code === null
        ? null
        : { error: Object.assign(new Error(code), { code }), when: 'before' }
    },
  })
})
afterEach(async () => {
  restore()
  stop()
  await rm(folder, { recursive: true, force: true })
})

async function open(of = folder) {
  const told: Failure[] = []
  const labels = await openLabels({
    folder: of,
    onFailure: (failure) => told.push(failure),
    snapshotEvery: { edits: 2, bytes: 1e9 },
  })
  const addClass = (id: string) =>
    labels.commit(() => [{ type: 'addClass', id, name: `Class ${id}` }])
  return { labels, told, addClass, ids: () => labels.state.classes.map(({ id }) => id) }
}
/** Lets all calls fail that fit, until it is restored. */
function failing(code: string, fits: (call: FileCall) => boolean) {
  refuse = (call) => (fits(call) ? code : null)
}
const restore = () => {
  refuse = () => null
}
const isThere = async () => (await readdir(folder)).includes('labels.snapshot.jsonl')

it.each([
  [
    'the lines cannot be renamed',
    'EIO',
    ({ kind, path }) => kind === 'rename' && /labels\.jsonl$/.test(path),
  ],
  [
    'the new lines cannot be opened',
    'EACCES',
    ({ kind, path }) => kind === 'open' && /labels\.jsonl$/.test(path),
  ],
  ['no file can be made', 'EROFS', ({ kind, flags }) => kind === 'open' && flags !== 'r'],
  ['nothing fits on the disk', 'ENOSPC', ({ path }) => /half$/.test(path)],
  [
    'the snapshot cannot be renamed',
    'EBUSY',
    ({ kind, path }) => kind === 'rename' && /half$/.test(path),
  ],
] satisfies [string, string, (call: FileCall) => boolean][])(
  'labelling goes on while %s, and after',
  async (_, code, fits) => {
    const { labels, told, addClass, ids } = await open()
    failing(code, fits)
    for (const id of ['a', 'b', 'c', 'd', 'e']) await addClass(id)
    await expect.poll(() => told.length).toBe(1)
    expect(told[0]!.code).toBe(code === 'ENOSPC' ? 'disk-full' : 'not-writable')
    expect(ids()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(await isThere()).toBe(false)
    // A copy of what a stop would leave here: two must not write to the same files.
    const copy = `${folder}-copy`
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('.half') })
    const again = await open(copy)
    expect(again.ids()).toEqual(ids())
    await again.labels.close()
    await rm(copy, { recursive: true })
    restore()
    // The attempt under way may still fail: the next one comes with a later edit.
    let later = 0
    await expect
      .poll(async () => {
        await addClass(`later ${++later}`)
        return isThere()
      })
      .toBe(true)
    await labels.close()
    const last = await open()
    expect(last.ids()).toEqual(ids())
    expect(last.ids().length).toBe(5 + later)
    expect(told.length).toBe(1)
    await last.labels.close()
    expect((await readdir(folder)).map((name) => basename(name)).sort()).toEqual(
      expect.not.arrayContaining(['labels.snapshot.jsonl.half', 'labels.previous.jsonl']),
    )
  },
)

it('an edit that the disk did not take is refused with its reason, and can be made again', async () => {
  for (const [code, failure] of [
    ['ENOSPC', 'disk-full'],
    ['EIO', 'not-writable'],
    ['EROFS', 'not-writable'],
  ] as const) {
    const { labels, addClass, ids } = await open()
    const before = ids()
    failing(code, ({ kind }) => kind === 'write' || kind === 'truncate')
    await expect(addClass(code)).rejects.toMatchObject({ code: failure })
    expect(ids()).toEqual(before)
    restore()
    await addClass(code)
    await labels.close()
    const again = await open()
    expect(again.ids()).toEqual([...before, code])
    await again.labels.close()
  }
})

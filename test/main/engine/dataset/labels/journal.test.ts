// What was answered is on the disk, wherever the process was stopped.
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from '../../../../../main/engine/dataset/labels/journal'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const path = () => join(folder, 'labels.jsonl')

async function write(...edits: unknown[]) {
  const { journal } = await openJournal(folder)
  await Promise.all(edits.map((edit) => journal.append(edit)))
  await journal.close()
}

describe('journal', () => {
  it('gives back every edit in order', async () => {
    await write({ a: 1 }, { b: '개미\n🐜' })
    await write({ c: 3 })
    expect((await openAndClose()).edits).toEqual([{ a: 1 }, { b: '개미\n🐜' }, { c: 3 }])
  })

  it('keeps the answered lines when cut at any byte, and goes on from there', async () => {
    await write({ a: 1 }, { b: '개미 🐜' }, { c: [1, 2, 3] })
    const whole = await readFile(path())
    const ends = [...whole.keys()].filter((i) => whole[i] === 10).map((i) => i + 1)
    for (let length = 0; length <= whole.length; length++) {
      await writeFile(path(), whole.subarray(0, length))
      const answered = ends.filter((end) => end <= length).length
      await write({ later: length })
      const { edits } = await openAndClose()
      expect(edits.length, `cut at ${length}`).toBe(answered + 1)
      expect(edits[answered]).toEqual({ later: length })
    }
  })

  it('begins anew after a snapshot, and repeats nothing when stopped before the lines went', async () => {
    await write({ a: 1 }, { a: 2 })
    const before = await readFile(path())
    const { journal } = await openJournal(folder)
    await journal.snapshot([{ sum: 3 }, { more: 4 }])
    expect(journal.length).toBe(0)
    await journal.append({ a: 3 })
    await journal.close()
    expect(await openAndClose()).toEqual({ snapshot: [{ sum: 3 }, { more: 4 }], edits: [{ a: 3 }] })
    await writeFile(path(), before)
    expect(await openAndClose()).toEqual({ snapshot: [{ sum: 3 }, { more: 4 }], edits: [] })
    await write({ a: 4 })
    expect((await openAndClose()).edits).toEqual([{ a: 4 }])
  })

  it('puts lines that it cannot read aside instead of losing them, and never over others', async () => {
    await write({ a: 1 })
    for (const name of ['labels.damaged.jsonl', 'labels.damaged 2.jsonl']) {
      await appendFile(path(), '\0\0\0\n{"n":3,"edit":{"c":1}}\n')
      const { journal, edits, damage } = await openJournal(folder)
      await journal.close()
      expect(edits).toEqual([{ a: 1 }])
      expect(damage).toEqual({ kept: join(folder, name), lines: 2 })
      expect(await readFile(join(folder, name), 'utf8')).toContain('{"c":1}')
    }
  })

  it('takes the snapshot of the first version until there is one of today', async () => {
    const first = join(folder, 'labels.snapshot.json')
    await writeFile(first, '{"n":1,"state":{"sum":1}}')
    await writeFile(path(), '{"n":1,"edit":{"a":1}}\n{"n":2,"edit":{"a":2}}\n')
    expect(await openAndClose()).toEqual({ snapshot: [{ sum: 1 }], edits: [{ a: 2 }] })
    const { journal } = await openJournal(folder)
    await journal.snapshot([{ sum: 3 }])
    await journal.close()
    expect(await openAndClose()).toEqual({ snapshot: [{ sum: 3 }], edits: [] })
    expect(await readFile(first, 'utf8')).toContain('"n":1')
    await rm(join(folder, 'labels.snapshot.jsonl'))
    await writeFile(first, '{"n":1')
    await expect(openJournal(folder)).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it('says that a folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(openJournal(join(folder, 'file', 'inside'))).rejects.toThrow()
  })
})

async function openAndClose() {
  const { journal, snapshot, edits } = await openJournal(folder)
  await journal.close()
  return { snapshot, edits }
}

// A damaged journal gives the labels before the damage or none at all, never others; what could not be
// read is kept in a file beside, and told.
import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openJournal } from '../../../../../main/engine/dataset/labels/journal'
import {
  encodeLine,
  readJournalLines,
} from '../../../../../main/engine/dataset/labels/journalLines'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'damage-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, name)
const lines = () => at('labels.jsonl')
const edit = (i: number) => ({
  type: 'set',
  groups: [{ pictures: [`p${i}`], to: { split: 'val' } }],
})
const edits = (count: number) => Array.from({ length: count }, (_, i) => edit(i + 1))

async function append(...list: readonly unknown[]) {
  const { journal } = await openJournal(folder)
  for (const each of list) await journal.append(each, { sync: false })
  await journal.close()
}
async function open() {
  const { journal, ...rest } = await openJournal(folder)
  await journal.close()
  return rest
}
const kept = async () => (await readdir(folder)).filter((name) => name.includes('damaged'))

it('tells of a bad byte in line 101 of 300, and keeps what follows', async () => {
  await append(...edits(300))
  const bytes = await readFile(lines())
  const starts = [0, ...[...bytes.keys()].filter((i) => bytes[i] === 10).map((i) => i + 1)]
  bytes[starts[100]! + 30]! ^= 4
  await writeFile(lines(), bytes)
  const opened = await open()
  expect(opened.edits).toEqual(edits(100))
  expect(opened.damage).toEqual({ kept: at('labels.damaged.jsonl'), lines: 200 })
  expect(await readFile(at('labels.damaged.jsonl'))).toEqual(bytes.subarray(starts[100]))
  await append({ later: 1 })
  expect(await open()).toMatchObject({ edits: [...edits(100), { later: 1 }], damage: null })
})

it('finds every flipped bit of its lines', () => {
  const whole = Buffer.concat(edits(3).map((each, i) => encodeLine({ n: i + 1, edit: each })))
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const bytes = Buffer.from(whole)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    const { lines, damagedAt } = readJournalLines([bytes], 0)
    expect(damagedAt, `bit ${bit}`).not.toBeNull()
    expect(lines.length).toBeLessThan(3)
    expect(lines.map((line) => line.edit)).toEqual(edits(lines.length))
  }
})

it('finds every flipped bit of its snapshot, and changes nothing then', async () => {
  const { journal } = await openJournal(folder)
  await journal.append(edit(1))
  await journal.snapshot([{ format: 2 }, { pictures: ['p1'] }])
  await journal.close()
  const path = at('labels.snapshot.jsonl')
  const whole = await readFile(path)
  for (let i = 0; i < whole.length * 8; i++) {
    const bytes = Buffer.from(whole)
    bytes[i >> 3]! ^= 1 << (i & 7)
    await writeFile(path, bytes)
    // The very last line break holds no information.
    if (i >> 3 === whole.length - 1) continue
    await expect(open(), `bit ${i}`).rejects.toMatchObject({ code: 'file-unreadable' })
    expect(await readFile(path)).toEqual(bytes)
  }
})

it('refuses a gap in the numbers', async () => {
  await append(...edits(6))
  const all = (await readFile(lines(), 'utf8')).split(/(?<=\n)/)
  await writeFile(lines(), all.filter((_, i) => i !== 2).join(''))
  expect(await open()).toMatchObject({ edits: edits(2), damage: { lines: 3 } })
})

it('refuses a snapshot that lacks the edits before the next line, and changes nothing', async () => {
  // "Unlink kept, rename lost": the lines before were deleted, the new snapshot has no name yet.
  await append(...edits(5))
  const { journal } = await openJournal(folder)
  await journal.snapshot([{ sum: 5 }])
  await journal.append(edit(6))
  await journal.close()
  await unlink(at('labels.snapshot.jsonl'))
  const before = await readFile(lines())
  await expect(open()).rejects.toMatchObject({ code: 'file-unreadable' })
  expect(await readFile(lines())).toEqual(before)
  expect(await kept()).toEqual([])
})

it('does not mind damage in lines that the snapshot covers', async () => {
  await append(...edits(5))
  const covered = await readFile(lines())
  const { journal } = await openJournal(folder)
  await journal.snapshot([{ sum: 5 }])
  await journal.append(edit(6))
  await journal.close()
  for (const place of [3, covered.length - 4]) {
    const bytes = Buffer.from(covered)
    bytes[place]! ^= 1
    await writeFile(at('labels.previous.jsonl'), bytes)
    expect(await open()).toMatchObject({ edits: [edit(6)], damage: null })
  }
})

it('puts aside what follows damage in the earlier of its two files', async () => {
  const [earlier, later] = [edits(4), [5, 6].map(edit)].map((list, file) =>
    Buffer.concat(list.map((each, i) => encodeLine({ n: file * 4 + i + 1, edit: each }))),
  )
  earlier![earlier!.indexOf(10) + 9]! ^= 1
  await writeFile(at('labels.previous.jsonl'), earlier!)
  await writeFile(lines(), later!)
  const opened = await open()
  expect(opened).toMatchObject({ edits: [edit(1)], damage: { lines: 5 } })
  const second = earlier!.subarray(earlier!.indexOf(10) + 1)
  expect(await readFile(opened.damage!.kept)).toEqual(Buffer.concat([second, later!]))
  await append({ later: 1 })
  expect(await open()).toMatchObject({ edits: [edit(1), { later: 1 }], damage: null })
})

// A damaged project keeps the app from nothing: either it opens with what could be read and the rest is
// told, or another one opens and it is told which cannot be, and why. Put right, it opens again.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { createHandlers } from '../../../../main/engine/handlers'
import type { ToldFailure } from '../../../../shared/contract'
import { assets } from '../training/leafRun'
import { observeFileCalls } from '../harness/fileCalls'

let root = ''
let template = ''
let home = ''
let newer = ''
let older = ''
let stop = () => {}

const open = async () => {
  const posted: ToldFailure[] = []
  const handlers = await createHandlers({
    ...{ home, assets },
    post: (name, payload) => {
      if (name === 'project.problem') posted.push(payload as ToldFailure)
    },
  })
  return { ...handlers, posted }
}
const noInput = undefined

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'damaged-project-'))
  template = home = join(root, 'template')
  const call = await open()
  older = (await call['dataset.snapshot'](noInput)).projectId
  await call['project.rename']({ name: 'Older' })
  newer = (await call['project.create']({ name: 'Newer' })).projectId
  for (let i = 0; i < 3; i++)
    await call['dataset.edit']({ type: 'addClass', id: `c${i}`, name: `Class ${i}` })
  // Opening another closes it.
  await call['project.open']({ id: older })
  await call['project.open']({ id: newer })
  const past = new Date(Date.now() - 60_000)
  utimesSync(join(template, 'projects', older, 'project.json'), past, past)
  const folder = join(template, 'projects', newer)
  mkdirSync(join(folder, 'runs', 'run-1'), { recursive: true })
  writeFileSync(join(folder, 'runs', 'run-1', 'run.json'), '{"format":1}')
  writeFileSync(join(folder, 'runs', 'run-1', 'metrics.jsonl'), '')
  writeFileSync(join(folder, 'queue.json'), '{"format":1,"items":[]}')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeEach(() => {
  home = join(root, 'home')
  cpSync(template, home, { recursive: true, preserveTimestamps: true })
})
afterEach(() => {
  stop()
  stop = () => {}
  rmSync(home, { recursive: true, force: true })
})

const damages = {
  empty: (path: string) => writeFileSync(path, ''),
  half: (path: string) => {
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.subarray(0, bytes.length >> 1))
  },
  binary: (path: string) =>
    writeFileSync(
      path,
      Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256),
    ),
  'of another version': (path: string) =>
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"format": ?1/, '"format":9')),
  'a folder': (path: string) => {
    rmSync(path)
    mkdirSync(path)
  },
  'without permission': (path: string) => {
    const error = Object.assign(new Error('EACCES'), { code: 'EACCES' })
    const refuses = (kind: string) => kind === 'open' || kind === 'read'
    stop = observeFileCalls(path, {
      before: ({ kind }) => (refuses(kind) ? { error, when: 'before' } : null),
    })
  },
  missing: (path: string) => rmSync(path),
  null: (path: string) => writeFileSync(path, 'null'),
}
type Damage = keyof typeof damages
const all = Object.keys(damages) as Damage[]
const none = { damage: null }

/** What is told of each file: the code, or null where nothing is lost. */
const files: [name: string, code: (damage: Damage) => string | null, of?: Damage[]][] = [
  ['project.json', () => 'project-damaged'],
  [
    'labels.jsonl',
    (damage) =>
      damage === 'a folder' || damage === 'without permission'
        ? 'project-damaged'
        : 'labels-damaged',
    ['binary', 'a folder', 'without permission', 'null'],
  ],
  ['queue.json', (damage) => (damage === 'missing' ? null : 'queue-damaged')],
  ['runs/run-1/run.json', () => 'runs-damaged'],
  ['runs/run-1/metrics.jsonl', () => null, ['binary', 'a folder', 'without permission', 'null']],
  ['fingerprints.jsonl', () => null, ['binary', 'a folder', 'null']],
]
const cases = files.flatMap(([name, code, of = all]) =>
  of.map((damage) => [name, damage, code(damage)] as const),
)

it.each(cases)('%s %s: %s', async (name, damage, code) => {
  const folder = join(home, 'projects', newer)
  const path = join(folder, name)
  if (name === 'fingerprints.jsonl') writeFileSync(path, '\n')
  const sound = readFileSync(path)
  damages[damage](path)
  const call = await open()
  const { projectId, classes } = await call['dataset.snapshot'](noInput)
  const told = await call['project.problems'](noInput)
  expect(told.map((each) => each.code)).toEqual(code === null ? [] : [code])
  expect(call.posted).toEqual(told)
  const listed = await call['project.list'](noInput)
  expect(listed.map(({ id }) => id).sort()).toEqual([newer, older].sort())
  const summary = listed.find(({ id }) => id === newer)!
  expect(summary.folder).toBe(folder)
  if (code !== 'project-damaged') {
    expect(projectId).toBe(newer)
    expect(summary).toMatchObject({ name: 'Newer', ...none })
    if (code === 'labels-damaged') expect(told[0]!.details.path).toMatch(/labels\.damaged\.jsonl$/)
    else expect(classes.length).toBe(3)
    if (code === 'queue-damaged' && damage !== 'without permission')
      expect(told[0]!.details.path).toMatch(/queue\.damaged\.json$/)
    expect(await call['run.list'](noInput)).toEqual([])
    return
  }
  expect(projectId).toBe(older)
  expect(summary.damage).toEqual(told[0])
  expect(told[0]!.message).not.toMatch(/\{\w+\}|undefined/)
  // Asking for it says the same, and what is open stays open.
  await expect(call['project.open']({ id: newer })).rejects.toMatchObject({
    code: 'project-damaged',
  })
  expect((await call['dataset.snapshot'](noInput)).projectId).toBe(older)
  await call['dataset.edit']({ type: 'addClass', id: 'later', name: 'Later' })
  // Once it is mended it opens, with its labels.
  stop()
  rmSync(path, { recursive: true, force: true })
  writeFileSync(path, sound)
  expect((await call['project.open']({ id: newer })).classes.length).toBe(3)
  expect((await call['project.list'](noInput)).every((each) => each.damage === null)).toBe(true)
})

it.each(['projects', 'weights', 'cache'])('says so where %s is a file', async (name) => {
  rmSync(join(home, name), { recursive: true })
  writeFileSync(join(home, name), '')
  await expect(open()).rejects.toMatchObject({ code: 'not-writable' })
})

it('opens beside labels that are gone, and says so', async () => {
  const folder = join(home, 'projects', newer)
  const file = JSON.parse(readFileSync(join(folder, 'project.json'), 'utf8')) as object
  writeFileSync(
    join(folder, 'project.json'),
    JSON.stringify({ ...file, pictures: 12, sum: undefined }),
  )
  rmSync(join(folder, 'labels.jsonl'))
  const call = await open()
  expect((await call['dataset.snapshot'](noInput)).projectId).toBe(older)
  const [told] = await call['project.problems'](noInput)
  expect(told).toMatchObject({ code: 'project-damaged', details: { name: 'Newer' } })
})

it('makes a new project where every one is damaged', async () => {
  for (const id of [older, newer]) writeFileSync(join(home, 'projects', id, 'project.json'), '{')
  const call = await open()
  expect((await call['dataset.snapshot'](noInput)).projectName).toBe('')
  expect((await call['project.problems'](noInput)).length).toBe(2)
  const listed = await call['project.list'](noInput)
  expect(listed.filter(({ damage }) => damage !== null).length).toBe(2)
})

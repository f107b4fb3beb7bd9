// A claim is held by one at a time, and by nobody once its process was killed.
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { claim, claimOrFail } from '../../../../main/engine/files/claim'
import { bundled, started } from '../childProgram'

let root = ''
let folder = ''
let program = ''
const file = () => join(folder, 'labels.jsonl')
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'claim-'))
  program = await bundled(join(__dirname, 'claimHolder.ts'))
})
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'f'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

it('is refused while it is held, and leaves nothing behind when released', async () => {
  const first = await claim(file())
  expect(await claim(file())).toBeNull()
  expect(await claim(join(folder, 'other'))).not.toBeNull()
  await first!.release()
  const second = await claim(file())
  expect(second).not.toBeNull()
  await second!.release()
  expect((await readdir(folder)).filter((name) => name.startsWith('labels'))).toEqual([])
})

it('is held by one of many processes that ask at once, and by none that was killed', async () => {
  const holders = Array.from({ length: 5 }, () => started(program, [file()]))
  await Promise.all(holders.map((holder) => holder.saw('ready')))
  for (const { process } of holders) process.stdin!.write('go')
  await Promise.all(holders.map((holder) => holder.saw('asked')))
  const held = holders.filter((holder) => holder.lines().includes('held'))
  expect(held.length).toBeLessThanOrEqual(1)
  if (held.length === 1) await expect(claimOrFail(file())).rejects.toMatchObject({ code: 'in-use' })
  for (const { process } of holders) process.kill('SIGKILL')
  await Promise.all(holders.map(({ ended }) => ended))
  const after = await claim(file())
  expect(after).not.toBeNull()
  await after!.release()
})

it('does not count in a copy of the folder, nor when the number of its process is used again', async () => {
  const first = await claim(file())
  const [name] = await readdir(folder)
  const copy = await mkdtemp(join(root, 'copy'))
  await writeFile(join(copy, name!), '')
  const inCopy = await claim(join(copy, 'labels.jsonl'))
  expect(inCopy).not.toBeNull()
  await inCopy!.release()
  if (process.platform !== 'linux') return
  const parts = name!.split('.')
  parts[parts.length - 2] = '1'
  await rename(join(folder, name!), join(folder, parts.join('.')))
  const second = await claim(file())
  expect(second).not.toBeNull()
  await Promise.all([first!.release(), second!.release()])
})

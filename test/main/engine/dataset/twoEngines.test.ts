// A project that one process has open is refused to another, and free again once that was killed.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDataset } from '../../../../main/engine/dataset/dataset'
import { bundled, started } from '../childProgram'

let root = ''
let program = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'engines-'))
  program = await bundled(join(__dirname, 'projectHolder.ts'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

it('refuses the second engine, and loses no edit of the first', async () => {
  const folder = join(root, 'project')
  const open = () => openDataset({ folder, projectId: 'p', projectName: 'P' })
  const first = started(program, [folder])
  await first.saw('open')
  await expect(open()).rejects.toMatchObject({ code: 'in-use' })
  const second = started(program, [folder])
  expect(await second.ended).toMatchObject({ code: 1, errors: expect.stringContaining('in use') })
  first.process.stdin!.write('edit')
  await first.saw('edited')
  first.process.kill('SIGKILL')
  await first.ended
  const dataset = await open()
  expect(dataset.classes().map(({ name }) => name)).toEqual(['Cat'])
  await dataset.close()
  await (await open()).close()
})

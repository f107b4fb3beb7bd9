// Several processes that fill one feature cache at the same time, one of them killed, leave no wrong number.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openFeatureCache } from '../../../../main/engine/features/featureCache'
import { bundled, started } from '../childProgram'

let root = ''
let program = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'writers-'))
  program = await bundled(join(__dirname, 'cacheWriter.ts'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

it('keeps every record of three writers, and all that a killed one has answered', async () => {
  const count = 200
  const writers = [0, 100, 300].map((from) => started(program, [root, String(from), String(count)]))
  await Promise.all(writers.map((writer) => writer.saw('open')))
  for (const { process } of writers) process.stdin!.write('go')
  const [, , killed] = writers
  await killed!.saw('340')
  killed!.process.kill('SIGKILL')
  const ends = await Promise.all(writers.map(({ ended }) => ended))
  expect(ends.slice(0, 2)).toEqual([0, 1].map(() => ({ code: 0, errors: '' })))
  const answered = Number(killed!.lines().pop())
  const open = () => openFeatureCache({ folder: root, key: 'k', bytesPerRecord: 256 })
  const cache = await open()
  const hashes = Array.from({ length: answered }, (_, n) => `h${n}`)
  await cache.check(hashes)
  const target = new Float32Array(64 * hashes.length)
  await cache.readInto(hashes, target)
  expect(target).toEqual(new Float32Array(hashes.flatMap((_, n) => Array<number>(64).fill(n))))
  // The part of the killed process is free again: three parts are enough for the next.
  await cache.append(['more'], new Float32Array(64).fill(7))
  await cache.close()
  const again = await open()
  expect(again.has('more')).toBe(true)
  await again.close()
})

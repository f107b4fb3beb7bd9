// A run that is started on a full disk says so, at whichever file it is refused, and starts once there is
// space.
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { observeFileCalls, type FileCall } from '../harness/fileCalls'
import { temporaryFolder } from '../weights/temporaryFolder'
import { addLeaves, ofType, openEngine, tiny } from './openEngine'

const { folder: root } = temporaryFolder()
const home = join(root, 'home')
let isFull: (call: FileCall) => boolean = () => false
const error = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
const stop = observeFileCalls(home, {
  before: (call) => (isFull(call) ? { error, when: 'before' } : null),
})
afterAll(stop)

it('tells that the disk is full, and starts when it no longer is', async () => {
  const engine = await openEngine(home)
  await addLeaves(engine, root)
  const start = () => engine.handlers['run.start'](tiny({ epochs: 1 }))
  const inRuns = ({ path }: FileCall) => path.includes('/runs/')
  for (const refused of [
    (call: FileCall) => call.kind === 'mkdir',
    (call: FileCall) => call.kind === 'write' && call.path.includes('run.json'),
    (call: FileCall) => call.kind === 'open' && call.path.includes('samples.json'),
  ]) {
    isFull = (call) => inRuns(call) && refused(call)
    await expect(start()).rejects.toMatchObject({ code: 'disk-full' })
    expect(await engine.handlers['run.active'](undefined)).toEqual({ runId: null })
  }
  isFull = () => false
  const end = engine.next(ofType('finished', 'failed'))
  await start()
  expect((await end).type).toBe('finished')
})

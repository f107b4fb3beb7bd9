// Two trainings at the same time in one home give the numbers of one alone; a folder that one trains into
// is refused to another.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { readEvents } from '../../../../main/engine/runFiles/runFolder'
import { started } from '../childProgram'
import { measured } from '../training/leafRun'
import { temporaryFolder } from '../weights/temporaryFolder'

const { folder: root } = temporaryFolder()
beforeAll(async () => {
  await drawLeaves(join(root, 'photos'), { perClass: 12, size: 96 })
})

const program = join(__dirname, '../../../../dist/cli/index.cjs')
function train(home: string, out: string, epochs = 4) {
  mkdirSync(join(root, home), { recursive: true })
  const options = ['--batch', '8', '--size', '64', '--freeze', 'stem,layer1,layer2']
  return started(
    program,
    [
      ...['train', join(root, 'photos'), '--out', join(root, out), '--json'],
      ...['--epochs', String(epochs), ...options],
    ],
    { ...process.env, RESTAGE_HOME: join(root, home) },
  )
}
const epochsOf = (out: string) => measured(readEvents(join(root, out)))

it('gives exactly the numbers of one alone', async () => {
  const alone = await train('home-alone', 'alone').ended
  expect(alone.code, alone.errors).toBe(0)
  for (const { ended } of ['left', 'right'].map((out) => train('home', out))) {
    const { code, errors } = await ended
    expect(code, errors).toBe(0)
  }
  expect(epochsOf('alone').length).toBe(4)
  for (const out of ['left', 'right']) expect(epochsOf(out)).toEqual(epochsOf('alone'))
})

it('refuses a folder that another process trains into, until that is killed', async () => {
  const first = train('home', 'long', 1000)
  const begun = () => epochsOf('long').length > 0
  await expect.poll(begun, { timeout: 60_000, interval: 20 }).toBe(true)
  const second = await train('home', 'long', 2).ended
  expect(second.code).toBe(1)
  expect(second.errors).toContain('is in use by another Restage')
  const before = epochsOf('long').length
  first.process.kill('SIGKILL')
  await first.ended
  expect(epochsOf('long').length).toBeGreaterThanOrEqual(before)
  const third = await train('home', 'long', 2).ended
  expect(third.code, third.errors).toBe(0)
  expect(epochsOf('long').length).toBe(2)
})

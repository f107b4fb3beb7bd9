// Neither a pause nor the death of the engine changes what a run measures: to the last bit, the
// epochs are those of a run that nobody disturbed.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { readEvents, runPaths } from '../../../../main/engine/runFiles/runFolder'
import { startRun } from '../../../../main/engine/training/startRun'
import { RunConfig } from '../../../../shared/runConfig'
import type { RunEvent } from '../../../../shared/runEvents'
import { reduceRun } from '../../../../shared/runState'
import { eventsOf, leafSamples, makeHome, measured } from './leafRun'
import { steadyCosts } from '../plan/steadyCosts'
import { temporaryFolder } from '../weights/temporaryFolder'

const { folder: root } = temporaryFolder()
beforeAll(async () => {
  await drawLeaves(join(root, 'photos'), { perClass: 8, size: 96 })
})

const options = (out: string) => [
  ...['dist/cli/index.cjs', 'train', join(root, 'photos'), '--out', out],
  ...['--epochs', '6', '--batch', '8', '--size', '64', '--freeze', 'stem,layer1,layer2'],
]

/** Resolves with how it ended; `killAt`: kill -9 once that many epochs are told. */
function train(args: readonly string[], out: string, killAt = Infinity): Promise<string> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, RESTAGE_HOME: join(root, 'home') },
    stdio: 'ignore',
  })
  const metrics = runPaths(out).metrics
  const watch = setInterval(() => {
    if (!existsSync(metrics)) return
    const told = readFileSync(metrics, 'utf8').split('"type":"epoch"').length - 1
    if (told >= killAt) child.kill('SIGKILL')
  }, 2)
  return new Promise((resolve) =>
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      resolve(signal ?? String(code))
    }),
  )
}

it('an engine that is killed goes on after its last epoch and ends the same', async () => {
  const [whole, killed] = [join(root, 'whole'), join(root, 'killed')]
  expect(await train(options(whole), whole)).toBe('0')
  expect(await train(options(killed), killed, 2)).toBe('SIGKILL')
  const before = eventsOf(readEvents(killed), 'epoch').length
  expect(before).toBeGreaterThanOrEqual(2)
  expect(before).toBeLessThan(6)
  expect(await train([...options(killed), '--resume'], killed)).toBe('0')
  const [undisturbed, resumed] = [whole, killed].map((out) => reduceRun(readEvents(out)))
  expect(measured(resumed!.epochs)).toEqual(measured(undisturbed!.epochs))
  for (const name of ['step', 'loss'] as const)
    expect(resumed!.steps.column(name)).toEqual(undisturbed!.steps.column(name))
  expect(resumed!.status).toBe('finished')
  for (const name of ['figure', 'calibration'] as const) {
    expect(resumed!.finished![name]).not.toBeNull()
    expect(resumed!.finished![name]).toEqual(undisturbed!.finished![name])
  }
  const [a, b] = [whole, killed].map((out) => readFileSync(runPaths(out).weights))
  expect(a!.equals(b!)).toBe(true)
})

it('a pause changes nothing', async () => {
  const samples = await leafSamples(root)
  const run = async (name: string, onEvent: (event: RunEvent, started: Started) => void) => {
    const started = await startRun({
      home: makeHome(root),
      runId: name,
      folder: join(root, name),
      samples,
      precision: 'float32',
      costs: steadyCosts,
      versions: {},
      config: RunConfig.parse({ epochs: 2, batch: 8, size: 64, frozen: ['stem', 'layer1'] }),
    })
    const events: RunEvent[] = []
    for await (const event of started.events) {
      events.push(event)
      onEvent(event, started)
    }
    return events
  }
  type Started = Awaited<ReturnType<typeof startRun>>
  const plain = await run('plain', () => undefined)
  const paused = await run('paused', (event, { control }) => {
    if (event.type === 'step' && event.step === 2) control.pause()
    if (event.type === 'paused') setTimeout(() => control.resume(), 100)
  })
  expect(eventsOf(paused, 'paused')).toHaveLength(1)
  expect(eventsOf(paused, 'resumed')).toHaveLength(1)
  expect(measured(paused)).toEqual(measured(plain))
})

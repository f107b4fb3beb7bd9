// One after the other, whatever becomes of each, and over a restart.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Queue, type QueueRunner } from '../../../../main/engine/runs/queue'
import { Failure } from '../../../../shared/failure'
import { RunConfig } from '../../../../shared/runConfig'
import type { RunNews } from '../../../../shared/runEvents'
import { finished, numbered } from './eventsOf'

let root = ''
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'restage-queue-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

const item = (label: string, epochs: number) => ({ label, config: RunConfig.parse({ epochs }) })

/** A runner that only notes what it is asked; 13 epochs bring it bad luck. */
class Runner implements QueueRunner {
  active: string | null = null
  readonly began: string[] = []
  private last = 0
  get busy() {
    return this.active !== null
  }
  newId = () => `run-${++this.last}`
  start(config: RunConfig, { runId, queue }: { runId: string; queue: string }) {
    if (config.epochs === 13) return Promise.reject(new Failure('weights-missing', { name: 'x' }))
    this.active = runId
    this.began.push(`${runId} ${queue.slice(0, 5)} ${config.epochs}`)
    return Promise.resolve()
  }
  goOn(runId: string) {
    this.active = runId
    this.began.push(`${runId} again`)
    return Promise.resolve()
  }
}

function open(runner = new Runner()) {
  const told: number[] = []
  const queue = new Queue({
    path: join(root, 'queue.json'),
    runner,
    exists: (runId) => runId !== 'run-9',
    onChange: (items) => told.push(items.length),
  })
  const end = async (news: RunNews) => {
    const runId = runner.active!
    runner.active = null
    queue.ended(runId, numbered(runId, [news])[0]!)
    await queue.advance()
  }
  const states = () => queue.list().map(({ label, state, runId }) => [label, state, runId])
  return { queue, runner, told, end, states }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

it('runs one after the other; one that fails or is stopped holds up none', async () => {
  const { queue, runner, end, states, told } = open()
  const labels = [item('a', 1), item('b', 13), item('c', 3), item('d', 4), item('e', 5)]
  const { queue: id } = queue.add(labels)
  await settle()
  expect(runner.began).toEqual(['run-1 queue 1'])
  await end(finished(1))
  await end({ type: 'stopped' })
  await end({ type: 'failed', code: 'run-diverged', message: 'It broke down.', hint: '' })
  await end(finished(1))
  expect(states()).toEqual([
    ['a', 'done', 'run-1'],
    ['b', 'failed', 'run-2'],
    ['c', 'cancelled', 'run-3'],
    ['d', 'failed', 'run-4'],
    ['e', 'done', 'run-5'],
  ])
  expect(queue.list().map(({ message }) => message)).toEqual([
    null,
    'The weights "x" are not on this computer.',
    null,
    'It broke down.',
    null,
  ])
  expect(queue.list().every((each) => each.queue === id)).toBe(true)
  expect(told.length).toBeGreaterThan(5)
  expect(runner.busy).toBe(false)
})

it('takes out what waits, and nothing else', async () => {
  const { queue, end, states } = open()
  queue.add([item('a', 1), item('b', 2), item('c', 3)])
  await settle()
  queue.cancel(queue.list().map(({ id }) => id))
  expect(states().map(([, state]) => state)).toEqual(['running', 'cancelled', 'cancelled'])
  await end(finished(1))
  expect(states().map(([, state]) => state)).toEqual(['done', 'cancelled', 'cancelled'])
})

it('waits for a run that a person started', async () => {
  const runner = new Runner()
  runner.active = 'run-own'
  const { queue, end, states } = open(runner)
  queue.add([item('a', 1)])
  await settle()
  expect(states()).toEqual([['a', 'waiting', null]])
  await end(finished(1))
  expect(states()).toEqual([['a', 'running', 'run-1']])
})

it('is there after a restart; a run that rests holds its place', async () => {
  const first = open()
  first.queue.add([item('a', 1), item('b', 2)])
  await settle()
  const second = open()
  expect(second.states()).toEqual([
    ['a', 'running', 'run-1'],
    ['b', 'waiting', null],
  ])
  expect(second.queue.holds).toBe(true)
  await second.queue.advance()
  expect(second.runner.began).toEqual(['run-1 again'])
  await second.end(finished(1))
  expect(second.states()[1]).toEqual(['b', 'running', 'run-1'])
})

it('begins anew what was cut off before there was a run, and is empty where it cannot be read', () => {
  const { queue } = open()
  queue.add([item('a', 1)])
  const path = join(root, 'queue.json')
  const other = readFileSync(path, 'utf8').replace('run-1', 'run-9')
  writeFileSync(path, other.replace(/,"sum":.*/, '}'))
  expect(open().states()).toEqual([['a', 'waiting', null]])
  writeFileSync(path, '{')
  expect(open().states()).toEqual([])
  expect(existsSync(path)).toBe(true)
})

it('goes on where it cannot be written, but says so to who adds', async () => {
  const { queue, end, states } = open()
  queue.add([item('a', 1), item('b', 2)])
  await settle()
  rmSync(root, { recursive: true })
  await end(finished(1))
  expect(states().map(([, state]) => state)).toEqual(['done', 'running'])
  expect(() => queue.add([item('c', 3)])).toThrow(/cannot be written/)
})

// The engine's process is killed (kill -9) while it trains: main starts it again, and the run goes on
// by itself to the same end as one that nobody disturbed. Where the engine dies twice at the same
// place, the run rests with the reason.
import { fork, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { engineShutdown, startedAgain } from '../../../../main/engine/port'
import { createEngineProcess, type EngineChild } from '../../../../main/engineProcess'
import type { CallInput, CallName } from '../../../../shared/contract'
import type { RunEvent } from '../../../../shared/runEvents'
import type { RunSummary } from '../../../../shared/runList'
import { assets } from '../training/leafRun'
import { ofType, tiny } from './openEngine'

const program = join(__dirname, '../../../../out/killed/engine.cjs')
let root = ''
beforeAll(() =>
  build({
    entryPoints: [join(__dirname, 'engineChild.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['sharp', '@tensorflow/tfjs-node-gpu'],
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href" },
  }),
)
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'restage-engine-killed-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

async function openApp() {
  const home = join(root, 'home')
  mkdirSync(join(home, 'cache'), { recursive: true })
  await drawLeaves(join(root, 'leaves'), { perClass: 6, size: 48 })
  const children: ChildProcess[] = []
  const events: RunEvent[] = []
  const listeners = new Set<(event: RunEvent) => void>()
  const engine = createEngineProcess({
    fork: (again) => {
      const child = fork(program, again ? [startedAgain] : [], {
        env: { ...process.env, RESTAGE_HOME: home, RESTAGE_ASSETS: assets },
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      children.push(child)
      return Object.assign(child, {
        postMessage: (message: object) => child.send(message),
      }) as unknown as EngineChild
    },
    onEvent: (name, payload) => {
      if (name !== 'run.event') return
      events.push(payload as RunEvent)
      for (const listener of listeners) listener(payload as RunEvent)
    },
    log: { info: () => undefined, error: () => undefined },
  })
  const next = (fits: (event: RunEvent) => boolean) =>
    new Promise<RunEvent>((resolve) => {
      const listener = (event: RunEvent) => {
        if (!fits(event)) return
        listeners.delete(listener)
        resolve(event)
      }
      listeners.add(listener)
    })
  async function call<T>(name: CallName, input?: CallInput<CallName>): Promise<T> {
    const answer = await engine.request(name, input)
    if (!answer.ok) throw new Error(`${name}: ${answer.message}`)
    return answer.value as T
  }
  engine.start()
  await call('dataset.add', { paths: [join(root, 'leaves')] })
  return {
    ...{ events, next, call },
    kill: () => children.at(-1)!.kill('SIGKILL'),
    close: () => engine.stop({ shutdown: engineShutdown, patience: 20_000 }),
    weightsOf: async (runId: string) =>
      readFileSync(
        join(
          home,
          'projects',
          (await call<{ projectId: string }>('dataset.snapshot')).projectId,
          ...['runs', runId, 'weights.safetensors'],
        ),
      ),
  }
}
const stepAfter = (epochs: number) => (event: RunEvent) =>
  event.type === 'step' && event.epoch > epochs

it('goes on by itself, and ends as if nothing had been', async () => {
  const { call, next, kill, events, close, weightsOf } = await openApp()
  const config = tiny({ epochs: 5, frozen: ['stem', 'layer1'] })
  let end = next(ofType('finished', 'failed'))
  const { runId: whole } = await call<{ runId: string }>('run.start', config)
  expect((await end).type).toBe('finished')
  const midway = next(stepAfter(2.5))
  const { runId } = await call<{ runId: string }>('run.start', config)
  await midway
  const again = next(ofType('started'))
  end = next(ofType('finished', 'failed'))
  kill()
  expect(await again).toMatchObject({ runId })
  expect(((await again) as { from: number }).from).toBeGreaterThanOrEqual(2)
  expect((await end).type).toBe('finished')
  const [one, other] = await Promise.all([whole, runId].map(weightsOf))
  expect(one!.equals(other!)).toBe(true)
  const runs = await call<RunSummary[]>('run.list')
  expect(runs.map(({ status, epochs }) => [status, epochs])).toEqual([
    ['finished', 5],
    ['finished', 5],
  ])
  expect(events.some(({ type }) => type === 'paused')).toBe(false)
  await close()
})

it('rests once the engine has died twice at the same place, and the queue goes on', async () => {
  const { call, next, kill, close } = await openApp()
  const first = next(stepAfter(1))
  const config = tiny({ epochs: 40, checkpointMinutes: 600, frozen: ['stem'] })
  await call('queue.add', {
    items: [
      { label: 'deadly', config },
      { label: 'good', config: tiny({ epochs: 1 }) },
    ],
  })
  const { runId } = await first
  const restarted = next(ofType('started'))
  kill()
  await restarted
  // As soon as it goes on: there is no checkpoint since.
  const rests = next(ofType('paused'))
  const done = next(ofType('finished'))
  kill()
  expect(await rests).toMatchObject({ runId, reason: 'engine-stopped', retrying: false })
  expect((await done).runId).not.toBe(runId)
  const runs = await call<RunSummary[]>('run.list')
  expect(runs.find((run) => run.runId === runId)).toMatchObject({
    status: 'paused',
    resumable: true,
  })
  await expect
    .poll(async () => (await call<{ state: string }[]>('queue.list')).map(({ state }) => state))
    .toEqual(['failed', 'done'])
  await close()
})

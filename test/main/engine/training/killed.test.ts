// No run is lost: a process that trains is killed (kill -9) at seeded moments, some of them inside the
// write of a checkpoint, and sometimes what was written last is cut or zeroed as a loss of power
// leaves it. It goes on each time, and ends to the last bit as if nobody had disturbed it.
// RESTAGE_KILLS sets the number of kills (10 here, 200 in `npm run soak`).
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { cp, mkdtemp, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { recoverCheckpoint } from '../../../../main/engine/runFiles/checkpoint'
import { epochsDone, type Progress } from '../../../../main/engine/runFiles/runProgress'
import { readEvents, runPaths } from '../../../../main/engine/runFiles/runFolder'
import { seededRandom, type Random } from '../../../../shared/random'
import type { RunRequest } from '../../../../shared/runConfig'
import { reduceRun } from '../../../../shared/runState'
import { assets, eventsOf, measured } from './leafRun'

const kills = Number(process.env.RESTAGE_KILLS ?? 10)
const seed = 20_266
const tiny = { weights: null, architecture: 'resnet20', batch: 4 } as const

/** Legs and a checkpoint after each step; everything that is drawn at random or kept beside the
 *  weights, growing pictures and a checkpoint an epoch. */
const requests: readonly RunRequest[] = [
  {
    ...tiny,
    size: 32,
    checkpointMinutes: 0,
    legs: [
      { frozen: ['stem', 'layer1', 'layer2', 'layer3'], epochs: 2 },
      { frozen: ['stem', 'layer1'], epochs: 3 },
    ],
  },
  {
    ...tiny,
    ...{ size: 64, progressiveResizing: true, augment: 'strong', optimizer: 'adamw' },
    ...{ mix: 'cutmix', balance: 'sampling', averaging: 0.8, clipNorm: 1, testTimeFlips: true },
    ...{ frozen: ['stem'], epochs: 4, checkpointMinutes: 5 },
  },
]

const program = join(__dirname, `../../../../out/killed/trainer-${process.pid}.cjs`)
let root = ''
const undisturbed: Ending[] = []

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'killed-runs-'))
  await drawLeaves(join(root, 'photos'), { perClass: 8, size: 96 })
  await build({
    entryPoints: [join(__dirname, 'killedTrainer.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['sharp', '@tensorflow/tfjs-node-gpu'],
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href" },
  })
  for (const [i, request] of requests.entries()) {
    const folder = join(root, `whole-${i}`, 'run')
    await train(folder, request, null)
    undisturbed.push(endingOf(folder))
    expect(undisturbed[i]!.figures).not.toContain(null)
  }
})
afterAll(() =>
  Promise.all([root, program].map((path) => rm(path, { recursive: true, force: true }))),
)

/** When to kill: after so many lines of stdout, or files of a checkpoint begun; and a bit later. */
interface Moment {
  readonly lines?: number
  readonly writes?: number
  readonly milliseconds: number
}

/** Trains or goes on; whether it was killed. */
function train(folder: string, request: RunRequest, moment: Moment | null): Promise<boolean> {
  mkdirSync(runPaths(folder).checkpoints, { recursive: true })
  const args = [program, folder, join(root, 'photos'), assets, JSON.stringify(request)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const killSoon = () => setTimeout(() => child.kill('SIGKILL'), moment!.milliseconds)
  let errors = ''
  let lines = 0
  const begun = new Set<string>()
  child.stderr.on('data', (data) => (errors += String(data)))
  child.stdout.on('data', (data) => {
    lines += String(data).split('\n').length - 1
    if (moment?.lines !== undefined && lines >= moment.lines) killSoon()
  })
  const watchers = [folder, runPaths(folder).checkpoints].map((place) =>
    watch(place, (_, name) => {
      if (moment?.writes === undefined || !/safetensors.*part$/.test(name ?? '')) return
      begun.add(name!)
      if (begun.size >= moment.writes) killSoon()
    }),
  )
  return new Promise((resolve, reject) =>
    child.on('close', (code) => {
      for (const watcher of watchers) watcher.close()
      if (code === null) resolve(true)
      else if (code === 0) resolve(false)
      else reject(new Error(`The trainer ended by itself: ${code} ${errors}`))
    }),
  )
}

interface Ending {
  readonly status: string
  readonly epochs: unknown
  readonly steps: unknown
  /** How good it is, and how sure. */
  readonly figures: unknown
  readonly weights: Buffer
}
function endingOf(folder: string): Ending {
  const { status, epochs, steps, finished } = reduceRun(readEvents(folder))
  return {
    status,
    figures: [finished?.figure, finished?.calibration, finished?.bestEpoch],
    epochs: measured(epochs),
    steps: steps
      .toRows()
      .map(({ step, loss, accuracy, learningRate }) => [step, loss, accuracy, learningRate]),
    weights: readFileSync(runPaths(folder).weights),
  }
}

const slotsOf = (folder: string) =>
  ['a', 'b'].map((slot) => join(runPaths(folder).checkpoints, `${slot}.safetensors`))

/** What a run would go on from (were it not for one slot), found in a copy: looking clears up. */
async function checkpointOf(folder: string, without?: string) {
  const copy = `${folder}-copy`
  await rm(copy, { recursive: true, force: true })
  await cp(folder, copy, { recursive: true, filter: (path) => path !== without })
  return (await recoverCheckpoint(copy))?.progress ?? null
}

interface Before {
  /** Events by then. */
  readonly told: number
  readonly before: Progress | null
}
/** The latest session began at the checkpoint that was there, and did nothing before it again. */
function expectGoneOn(folder: string, { told, before }: Before) {
  const session = readEvents(folder).slice(told)
  // Killed before it had told anything.
  if (session.length === 0) return
  expect(eventsOf(session, 'started')[0]!.from).toBe(before ? epochsDone(before) : 0)
  const [first] = eventsOf(session, 'step')
  if (first) expect(first.step).toBe((before?.step ?? 0) + 1)
}

/** What was told is in a checkpoint, but for the work since; answers how many steps that is. */
async function expectKept(folder: string, { checkpointMinutes }: RunRequest): Promise<number> {
  const { epochs, steps } = reduceRun(readEvents(folder))
  const checkpoint = await checkpointOf(folder)
  expect(checkpoint?.epoch ?? 0).toBeGreaterThanOrEqual(epochs[epochs.length - 1]?.epoch ?? 0)
  const again = (steps.at(-1)?.step ?? 0) - (checkpoint?.step ?? 0)
  const perEpoch = checkpoint?.batches || 5
  expect(again).toBeLessThanOrEqual(checkpointMinutes === 0 ? 1 : perEpoch)
  return Math.max(0, again)
}

/** The newest checkpoint is cut or zeroed from any byte on, and so are the events after the one
 *  before; what was synced before that stays. */
async function losePower(folder: string, random: Random): Promise<boolean> {
  const newest = await checkpointOf(folder)
  if (!newest) return false
  const slot = slotsOf(folder)[newest.saved % 2]!
  const before = await checkpointOf(folder, slot)
  // Nothing was written since power was lost last.
  if (!before) return false
  await damage(slot, 0, random)
  expect((await checkpointOf(folder))?.saved).toBe(newest.saved - 1)
  const metrics = runPaths(folder).metrics
  const text = readFileSync(metrics, 'latin1')
  const line = new RegExp(`"type":"step","step":${before.step},[^\\n]*\\n`, 'g')
  const last = [...text.matchAll(line)].pop()
  if (last) await damage(metrics, last.index + last[0].length, random)
  return true
}

async function damage(path: string, from: number, random: Random) {
  const bytes = readFileSync(path)
  const at = from + random.integer(bytes.length - from)
  if (random.next() < 0.5) await truncate(path, at)
  else writeFileSync(path, bytes.fill(0, at))
}

it(
  `ends the same after ${kills} kills`,
  async () => {
    const random = seededRandom(seed)
    const counts = { kills: 0, insideWrites: 0, powerLost: 0, runs: 0, stepsAgain: 0 }
    for (let number = 0; counts.kills < kills; number++) {
      const request = requests[number % requests.length]!
      const folder = join(root, `run-${number}`, 'run')
      for (;;) {
        const inWrite = random.next() < 0.6
        const moment = inWrite
          ? { writes: 1 + random.integer(6), milliseconds: random.integer(3) }
          : { lines: 1 + random.integer(25), milliseconds: random.integer(30) }
        const before = existsSync(folder) ? await checkpointOf(folder) : null
        const told = readEvents(folder).length
        const isKilled = await train(folder, request, counts.kills < kills ? moment : null)
        expectGoneOn(folder, { told, before })
        if (!isKilled) break
        counts.kills++
        const left = [folder, runPaths(folder).checkpoints].flatMap((place) => readdirSync(place))
        if (left.some((name) => /safetensors.*part$/.test(name))) counts.insideWrites++
        // One that told nothing leaves what power loss made of the events.
        if (readEvents(folder).length > told) counts.stepsAgain += await expectKept(folder, request)
        if (random.next() < 0.25 && (await losePower(folder, random))) counts.powerLost++
      }
      counts.runs++
      const { weights, ...ending } = endingOf(folder)
      const { weights: expected, ...undisturbedEnding } = undisturbed[number % requests.length]!
      expect(ending, `run ${number}`).toEqual(undisturbedEnding)
      expect(weights.equals(expected), `weights of run ${number}`).toBe(true)
      await rm(join(folder, '..'), { recursive: true, force: true })
      console.warn(JSON.stringify(counts))
    }
  },
  120_000 + kills * 20_000,
)

// A loss of power at any moment takes nothing that was answered: what a scenario writes is recorded, and
// after every prefix what a disk may have kept of it is opened again. `npm run faults` tries every prefix
// with many combinations, `npm test` a seeded share of them.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openLabels } from '../../../../main/engine/dataset/labels/labelStore'
import { createProject, openProject, updateProject } from '../../../../main/engine/dataset/project'
import { createRunFolder, readRun, runPaths } from '../../../../main/engine/runFiles/runFolder'
import { readSamples, storeSamples } from '../../../../main/engine/runFiles/storedSamples'
import { seededRandom } from '../../../../shared/random'
import { RecordedDisk, choicesOf } from './recordedDisk'
import { epochFound, runFile, samples, saveEpoch } from './scenarios'

const all = process.env.RESTAGE_FAULTS === 'all'
const [share, draws] = all ? [1, 40] : [0.25, 4]

interface Scenario<T> {
  prepare(folder: string): Promise<unknown>
  /** Calls `answer` with what must be there from then on. */
  work(folder: string, answer: (state: T) => void): Promise<void>
  /** Throws where less is there than was answered last; null: nothing was yet. */
  check(folder: string, answered: T | null): Promise<unknown>
}

let root = ''
let states = 0
beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'power-loss-'))))
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
  console.log(`${states} states in all`)
})

async function losePower<T>(name: string, { prepare, work, check }: Scenario<T>) {
  const [folder, left] = [join(root, 'work'), join(root, 'left')]
  mkdirSync(folder)
  await prepare(folder)
  const disk = new RecordedDisk(folder)
  const answers: { at: number; state: T }[] = []
  const stop = disk.record()
  await work(folder, (state) => answers.push({ at: disk.length, state })).finally(stop)
  const random = seededRandom(`loss of power in ${name}`)
  const wrong: string[] = []
  let tried = 0
  for (let length = 0; length <= disk.length; length++) {
    const answered = answers.filter(({ at }) => at <= length).pop()?.state ?? null
    for (const [i, choose] of choicesOf(random, draws).entries()) {
      if (random.next() >= share) continue
      disk.restore(left, length, choose)
      try {
        await check(left, answered)
      } catch (error) {
        wrong.push(
          `${name}: after ${length} of ${disk.length}, choice ${i}: ${String((error as Error).stack)}`,
        )
      }
      rmSync(left, { recursive: true, force: true })
      tried++
    }
  }
  rmSync(folder, { recursive: true })
  states += tried
  console.log(`${name}: ${disk.length} effects, ${tried} states, ${wrong.length} wrong`)
  expect(wrong.slice(0, 10)).toEqual([])
}

const openSmall = (folder: string) =>
  openLabels({ folder, snapshotEvery: { edits: 3, bytes: 1e9 } })

it('labels with their snapshots', async () => {
  await losePower<string[]>('labels', {
    prepare: () => Promise.resolve(),
    async work(folder, answer) {
      const ids: string[] = []
      for (let session = 0; session < 2; session++) {
        const labels = await openSmall(join(folder, 'project'))
        for (let i = 0; i < 8; i++) {
          const id = `c${session}${i}`
          await labels.commit(() => [{ type: 'addClass', id, name: `Class ${id}` }])
          ids.push(id)
          answer([...ids])
        }
        await labels.close()
      }
    },
    async check(folder, answered) {
      const labels = await openSmall(join(folder, 'project'))
      const found = labels.state.classes.map(({ id }) => id)
      const expected = answered ?? []
      assert.deepEqual(found.slice(0, expected.length), expected)
      assert.ok(found.length <= expected.length + 1)
      // A line that was never answered may be damaged; one that was is not.
      await labels.commit(() => [{ type: 'addClass', id: 'later', name: 'Later' }])
      await labels.close()
      const again = await openSmall(join(folder, 'project'))
      assert.deepEqual(
        again.state.classes.map(({ id }) => id),
        [...found, 'later'],
      )
      await again.close()
    },
  })
})

it('edits, with findings between them that are not made to last', async () => {
  await losePower<string[]>('findings', {
    prepare: () => Promise.resolve(),
    async work(folder, answer) {
      const labels = await openSmall(folder)
      const ids: string[] = []
      for (let i = 0; i < 6; i++) {
        await labels.commit(() => [{ type: 'addClass', id: `c${i}`, name: `Class ${i}` }])
        ids.push(`c${i}`)
        answer([...ids])
        await labels.commit(({ pictures }) =>
          i === 0
            ? [
                {
                  type: 'addPictures',
                  classes: [],
                  pictures: [picture],
                  groups: [],
                  continues: false,
                },
              ]
            : [{ type: 'found', facts: [{ ...pictures.get('p')!, bytes: i }] }],
        )
      }
      await labels.close()
    },
    async check(folder, answered) {
      const labels = await openSmall(folder)
      const found = labels.state.classes.map(({ id }) => id)
      assert.deepEqual(found.slice(0, answered?.length ?? 0), answered ?? [])
      await labels.close()
    },
  })
})
const picture = {
  ...{ id: 'p', path: '/p.jpg', name: 'p.jpg', classId: null, split: null, excluded: false },
  ...{ reviewed: false, file: 'present' as const, problem: null, width: null, height: null },
  ...{ bytes: null, modified: null, hash: null },
}

it('projects', async () => {
  await losePower<{ id: string; name: string }>('projects', {
    prepare: () => Promise.resolve(),
    async work(folder, answer) {
      for (const name of ['One', 'Two']) {
        const { id, folder: made } = await createProject(join(folder, 'projects'), name)
        answer({ id, name })
        await updateProject(made, { name: `${name} renamed` })
        answer({ id, name: `${name} renamed` })
      }
    },
    async check(folder, answered) {
      if (!answered) return
      const { name } = await openProject(join(folder, 'projects'), answered.id)
      assert.ok(name.startsWith(answered.name), `${name}, not ${answered.name}`)
    },
  })
})

it('the start of a run', async () => {
  await losePower<string[]>('start of a run', {
    prepare: () => Promise.resolve(),
    async work(folder, answer) {
      const started: string[] = []
      for (const runId of ['run-1', 'run-2']) {
        const run = join(folder, 'runs', runId)
        await createRunFolder(run, runFile(runId))
        await storeSamples(run, samples)
        answer([...started, runId])
        started.push(runId)
      }
    },
    async check(folder, answered) {
      for (const runId of answered ?? []) {
        const run = join(folder, 'runs', runId)
        assert.deepEqual([readRun(run), await readSamples(run)], [runFile(runId), samples])
      }
    },
  })
})

it('checkpoints and the best weights', async () => {
  await losePower<number>('checkpoints', {
    async prepare(folder) {
      await createRunFolder(folder, runFile('run'))
      writeFileSync(runPaths(folder).metrics, '')
    },
    async work(folder, answer) {
      for (let epoch = 1; epoch <= 5; epoch++) {
        await saveEpoch(folder, epoch)
        answer(epoch)
      }
    },
    async check(folder, answered) {
      const found = await epochFound(folder)
      const atLeast = answered ?? 0
      assert.ok(
        (found ?? 0) >= atLeast && (found ?? 0) <= atLeast + 1,
        `${found} after ${answered}`,
      )
    },
  })
})

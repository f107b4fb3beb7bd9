// What was answered survives kill -9: a process that edits is killed at a seeded moment, again and
// again on the same project, and what is found afterwards must be all that was answered, or that and
// the one edit under way. RESTAGE_KILLS sets the number of kills (10 here, 100 for the note).
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDataset } from '../../../../../main/engine/dataset/dataset'
import { seededRandom } from '../../../../../shared/random'
import { labelsAfter } from './killedEdits'

const kills = Number(process.env.RESTAGE_KILLS ?? 10)
const seed = 20_261
const sizes = { pictures: 300, classes: 4 }

// Inside the checkout, where the bundle finds sharp.
const program = join(__dirname, '../../../../../out/killed/editor.cjs')
let root = ''
const project = () => join(root, 'project')
const open = () => openDataset({ folder: project(), projectId: 'p', projectName: 'Killed' })

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'killed-'))
  await build({
    entryPoints: [join(__dirname, 'killedEditor.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['sharp'],
  })
  const photos = join(root, 'photos')
  await mkdir(photos)
  for (let i = 0; i < sizes.pictures; i++) writeFileSync(join(photos, `${i}.jpg`), '')
  const dataset = await open()
  const classIds: string[] = []
  for (let i = 0; i < sizes.classes; i++) {
    await dataset.edit({ type: 'addClass', id: `c${i}`, name: `Class ${i}` })
    classIds.push(`c${i}`)
  }
  await dataset.add({ paths: [photos], classId: classIds[0]! })
  await dataset.close()
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Runs the editor from edit `from` on and kills it; the number of the last edit it answered. */
function editAndKill(from: number, afterMilliseconds: number) {
  return new Promise<number>((resolve, reject) => {
    const args = [program, project(), String(seed), String(from)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let errors = ''
    child.stderr.on('data', (data) => (errors += String(data)))
    child.stdout.on('data', (data) => {
      // The clock starts with the first answer, for starting takes longer than editing.
      if (out === '') setTimeout(() => child.kill('SIGKILL'), afterMilliseconds)
      out += String(data)
    })
    child.on('close', (code) => {
      const whole = out.slice(0, out.lastIndexOf('\n') + 1)
      if (code !== null) reject(new Error(`The editor ended by itself: ${code} ${errors}`))
      else resolve(Number(whole.trim().split('\n').pop() || from))
    })
  })
}

async function found() {
  const dataset = await open()
  const numbers = new Map(dataset.classes().map(({ id }, i) => [id, i]))
  const labels = dataset.all().map(({ classId }) => numbers.get(classId!)!)
  await dataset.close()
  return labels
}

it(
  `loses nothing that was answered in ${kills} kills`,
  async () => {
    const random = seededRandom(seed)
    let done = 0
    let withinSnapshot = 0
    let answeredTogether = 0
    for (let kill = 1; kill <= kills; kill++) {
      const answered = await editAndKill(done, random.integer(250))
      const left = await readdir(project())
      if (left.some((name) => /previous|half/.test(name))) withinSnapshot++
      const labels = await found()
      const asAnswered = labelsAfter(seed, sizes, answered)
      const oneMore = labelsAfter(seed, sizes, answered + 1)
      const isOneMore = JSON.stringify(labels) !== JSON.stringify(asAnswered)
      expect(labels, `kill ${kill}, ${answered} answered`).toEqual(isOneMore ? oneMore : asAnswered)
      answeredTogether += answered - done
      done = isOneMore ? answered + 1 : answered
    }
    expect(done).toBeGreaterThan(kills)
    expect(existsSync(join(project(), 'labels.snapshot.jsonl'))).toBe(true)
    console.warn(
      `${kills} kills, ${withinSnapshot} of them while a snapshot was written, ${answeredTogether} edits answered`,
    )
  },
  60_000 + kills * 5_000,
)

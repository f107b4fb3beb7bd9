// After any failing call of the file system there is the old or the new state, never a mix; the error is
// told as a failure, and work is possible again. `npm run faults` tries every point, `npm test` a seeded
// share of them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { failEveryCall } from './everyCall'
import { scenarios, serveContent } from './scenarios'

const all = process.env.RESTAGE_FAULTS === 'all'
/** An export loads TensorFlow graphs at each point. */
const shareOf = (name: string) => (all ? 1 : name === 'export of a model' ? 0.02 : 0.15)

let root = ''
let stopServing = () => {}
let points = 0
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'every-call-'))
  stopServing = await serveContent()
})
afterAll(() => {
  stopServing()
  rmSync(root, { recursive: true, force: true })
  console.log(`${points} points in all`)
})

it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  '%s',
  async (name, scenario) => {
    const tried = await failEveryCall(root, scenario, { share: shareOf(name) })
    points += tried.points
    console.log(
      `${name}: ${tried.calls} calls, ${tried.points} points, ${tried.wrong.length} wrong`,
    )
    expect(tried.wrong.slice(0, 10)).toEqual([])
    expect(tried.points).toBeGreaterThan(0)
  },
  all ? 1_800_000 : 120_000,
)

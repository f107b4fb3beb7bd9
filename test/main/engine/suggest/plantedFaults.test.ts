// Faults planted in real pictures are found: less than the bench measures (bench/suggest), so that
// another processor's rounding does not fail it, and far more than chance would find.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plantedDuplicates } from '../../../../bench/suggest/plantedDuplicates'
import { plantedMislabels } from '../../../../bench/suggest/plantedMislabels'
import { hasSet, realSet, setFolder } from '../../../../bench/suggest/realSet'
import { labelledFolder } from '../../../../main/engine/dataset/labelledFolder'

const missing = !hasSet('ants-bees') || !hasSet('cifar10-sample')
if (missing) process.stderr.write('skipped: ../shared/data is missing\n')

let root = ''
const before = process.env.RESTAGE_BENCH_HOME
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'planted-'))
  process.env.RESTAGE_BENCH_HOME = join(root, 'home')
})
afterAll(() => {
  if (before === undefined) delete process.env.RESTAGE_BENCH_HOME
  else process.env.RESTAGE_BENCH_HOME = before
  rmSync(root, { recursive: true, force: true })
})

describe.skipIf(missing)('planted faults', () => {
  it('copies: every exact one, nearly every other, hardly a false alarm', async () => {
    const originals = (await labelledFolder(setFolder('cifar10-sample'))).map(({ path }) => path)
    const perKind = 40
    const { found, falseAlarms } = await plantedDuplicates({
      originals,
      folder: join(root, 'copies'),
      perKind,
      seed: 2,
      backbone: null,
    })
    expect(found.exact).toBe(perKind)
    for (const count of Object.values(found)) expect(count).toBeGreaterThanOrEqual(0.95 * perKind)
    expect(falseAlarms).toBeLessThan(0.01 * originals.length)
  })

  it('mislabels: most of 50 in the first 60 suspects, with the starter', async () => {
    const set = await realSet('ants-bees', 'starter')
    const found = [await plantedMislabels(set, 1), await plantedMislabels(set, 2)]
    // Chance would find 7 or 8.
    for (const count of found) expect(count).toBeGreaterThanOrEqual(30)
  })
})

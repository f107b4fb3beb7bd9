// What the Train room shows of a head that was solved, of Thorough's candidates and of a run of an earlier
// version: made-up events in folders of real runs, looked at in both languages, themes and sizes, by mouse
// and by keyboard.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunNews } from '../../shared/runEvents'
import {
  candidate,
  epoch,
  figure,
  finished,
  learned,
  numbered,
  penalty,
  started,
  step,
} from '../renderer/train/events'
import { dropFiles, launch, runFolder, setSize, temporary, type Opened } from './driver'
import { expectCount } from './hands'
import { look } from './look'
import { writePhotos } from './photos'

const folder = temporary('solved')
let opened: Opened
let page: Page

const penalties = Array.from({ length: 14 }, (_, i) => 10 ** (1 - i / 2))
const lossAt = (value: number, more: number) => 0.25 + more + 0.02 * (Math.log10(value) + 2) ** 2
const path = [
  ...penalties.map((value) => penalty(value, lossAt(value, 0.05))),
  ...penalties.map((value) => penalty(value, lossAt(value, 0), ['whole', 'closer'])),
]
const curve = learned([
  [40, 0.78],
  [80, 0.83],
  [159, 0.87],
  [318, 0.905],
])
const end = finished({
  figure,
  head: { views: ['whole', 'closer'], penalty: 0.01 },
  calibration: { temperature: 1.4, errorBefore: 0.083, errorAfter: 0.031 },
})
const epochs = [1, 2, 3].flatMap((at) => [
  step(at, at),
  epoch(at, { valAccuracy: 0.8 + at / 50 } as Partial<RunNews>),
])
const layers = { trains: ['layer2' as const, 'layer3' as const], photos: 80 }
const runs: Record<string, readonly RunNews[]> = {
  solved: [started({ solver: 'exact' }), ...path, curve, end],
  earlier: [started(), ...epochs, finished({ bestEpoch: 3 })],
  thorough: [
    started(),
    ...path,
    curve,
    ...epochs,
    candidate({ name: 'head' }),
    candidate({
      ...layers,
      ...{ name: 'tuned', accuracy: 0.88, gain: -0.02, gainError: 0.018, kept: false },
    }),
    candidate({ ...layers, name: 'blended', accuracy: 0.94, gain: 0.04, gainError: 0.015 }),
    end,
  ],
}

beforeAll(async () => {
  for (const [hue, name] of ['Red', 'Green'].entries())
    await writePhotos(join(folder, name), { hue, count: 8 })
  opened = await launch()
  page = opened.page
  await setSize(opened.app, 1280, 800)
  await dropFiles(page, [folder], '[data-testid=first-run]')
  await expectCount(page, 'Green', 8)
  await page.getByTestId('room-train').click()
  await page.locator('[data-testid=fine-tune]:enabled').waitFor({ timeout: 60_000 })
  await page.getByTestId('fine-tune').click()
  await page.locator('[data-testid=run-status][data-status=finished]').waitFor({ timeout: 240_000 })
  copyRuns(runFolder(opened.home))
})
afterAll(async () => {
  await opened?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Beside the real run, with its files but other events. */
function copyRuns(real: string) {
  // Without its checksum, as earlier versions wrote it.
  const { sum: _, ...file } = JSON.parse(readFileSync(join(real, 'run.json'), 'utf8')) as {
    sum: string
    created: number
    config: object
  }
  Object.entries(runs).forEach(([runId, news], i) => {
    const copy = join(dirname(real), runId)
    cpSync(real, copy, { recursive: true })
    rmSync(join(copy, 'summary.json'), { force: true })
    const created = file.created + 1000 * (i + 1)
    const solver = runId === 'solved' ? 'exact' : 'gradient'
    const config = { ...file.config, solver }
    writeFileSync(join(copy, 'run.json'), JSON.stringify({ ...file, runId, created, config }))
    const events = numbered(news, runId).map((event) => ({ ...event, time: created + event.time }))
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    writeFileSync(join(copy, 'metrics.jsonl'), lines)
  })
}

async function inLanguage(language: 'en' | 'ko') {
  await page.evaluate((to) => localStorage.setItem('restage.language', to), language)
  await page.reload()
  await page.getByTestId('room-train').click()
}
async function show(runId: string) {
  await page.getByTestId('part-runs').click()
  await page.getByTestId(`run-${runId}`).getByTestId('row-show').click()
  await page.getByTestId('figure-note').waitFor()
}
const text = (testid: string) => page.getByTestId(testid).innerText()

test.each(['en', 'ko'] as const)('nothing is wrong with how it looks (%s)', async (language) => {
  await inLanguage(language)
  await page.getByTestId('part-runs').click()
  expect(await look(opened, `solved-${language}-list`)).toEqual([])
  for (const runId of Object.keys(runs)) {
    await show(runId)
    expect(await look(opened, `solved-${language}-${runId}`)).toEqual([])
  }
})

test.each(['ko', 'en'] as const)(
  'a head that is to be solved has settings of its own and no learning rate (%s)',
  async (language) => {
    await inLanguage(language)
    await page.getByTestId('all-settings').click()
    await page.getByTestId('setting-solver').selectOption('exact')
    await page.getByTestId('setting-epochs').waitFor({ state: 'detached' })
    await page.getByTestId('leg-0').click()
    expect(await page.getByTestId('leg-0-factor-head').count()).toBe(0)
    await page.getByTestId('setting-solver').scrollIntoViewIfNeeded()
    expect(await look(opened, `solved-${language}-settings`)).toEqual([])
    await page.getByTestId('room-network').click()
    await page.getByTestId('stage-head').waitFor()
    expect(await look(opened, `solved-${language}-network`)).toEqual([])
  },
)

test('values are read at the penalty that was chosen, by mouse where it points, by keys step by step', async () => {
  await inLanguage('en')
  await show('solved')
  expect(await text('path-loss-chart')).toContain('unseen, closer\n0.250')
  const plot = page.getByTestId('path-loss-chart-plot')
  const box = (await plot.boundingBox())!
  await page.mouse.move(box.x + box.width - 30, box.y + box.height / 2)
  await expect.poll(() => text('path-loss-chart')).toContain('penalty 3.2e-6')
  await page.mouse.move(5, 5)
  await plot.focus()
  await page.keyboard.press('Home')
  await expect.poll(() => text('path-loss-chart')).toContain('penalty 10')
  await page.keyboard.press('ArrowRight')
  const aloud = page.getByTestId('path-loss-chart-aloud')
  await expect.poll(() => aloud.textContent()).toContain('penalty 3.2: training')
  expect(await text('path-accuracy-chart')).toContain('penalty 3.2')
})

test('the path of penalties is saved with the penalties themselves', async () => {
  const saved = join(folder, 'saved.csv')
  await opened.app.evaluate(({ session }, savePath) => {
    Object.assign(globalThis, { savedName: null })
    session.defaultSession.once('will-download', (_event, item) => {
      item.setSavePath(savePath)
      item.once('done', () => Object.assign(globalThis, { savedName: item.getFilename() }))
    })
  }, saved)
  await page.getByTestId('path-loss-chart-save').click()
  await page.getByTestId('save-csv').click()
  const name = () =>
    opened.app.evaluate(() => (globalThis as { savedName?: string | null }).savedName ?? '')
  await expect.poll(name).toBe('path-loss-chart.csv')
  const [head, first] = readFileSync(saved, 'utf8').split('\n')
  expect(head).toBe('penalty,taught whole,out of fold whole,taught closer,out of fold closer')
  expect(first).toMatch(/^10,/)
})

test('the window had nothing to complain about', () => expect(opened.errors).toEqual([]))

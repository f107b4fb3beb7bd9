// A run outlives its engine, and the window asks before it leaves a run: in real Electron, with the
// engine's process killed in the middle of training.
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import type { CallInput, CallName } from '../../shared/contract'
import type { DatasetSnapshot } from '../../shared/dataset'
import { RunConfig } from '../../shared/runConfig'
import type { RunEvent } from '../../shared/runEvents'
import type { RunSummary } from '../../shared/runList'
import { call as ask, launch, newProject, screenshot, type Opened } from './driver'
import { look } from './look'

let opened: Opened | null = null
const end = async () => {
  await opened?.close()
  opened = null
}

const call = <T>(name: CallName, input?: CallInput<CallName>) => ask<T>(opened!.page, name, input)
const history = (runId: string) => call<RunEvent[]>('run.history', { runId })
const summary = async (runId: string) =>
  (await call<RunSummary[]>('run.list')).find((run) => run.runId === runId)

/** A new project with leaves in it, in the window that is open or a new one, and a small network that
 *  trains for so many epochs. */
async function train(epochs: number): Promise<string> {
  if (opened) await newProject(opened.page)
  else opened = await launch()
  await call('engine.status')
  await call('dataset.addSample')
  const config = RunConfig.parse({
    ...{ weights: null, architecture: 'resnet20', size: 32, batch: 16, epochs },
    ...{ frozen: ['stem'], precision: 'float32' },
  })
  const { runId } = await call<{ runId: string }>('run.start', config)
  await expect
    .poll(async () => (await history(runId)).filter(({ type }) => type === 'epoch').length, {
      timeout: 120_000,
      interval: 50,
    })
    .toBeGreaterThan(0)
  return runId
}

/** Presses what makes the run that rests go on. */
async function goOn(button: 'resume' | 'rest-resume') {
  await opened!.page.getByTestId('room-train').click()
  await opened!.page.getByTestId(button).click()
}

/** Process id of the engine: Electron's child that serves it. */
const enginePid = () =>
  opened!.app.evaluate(({ app }) => {
    const found = app.getAppMetrics().find(({ name }) => name === 'Restage engine')
    return found?.pid ?? 0
  })

describe('the window stays', () => {
  afterAll(end)

  test('the engine is killed while it trains: the window stays and the run goes on to its end', async () => {
    const runId = await train(6)
    const pid = await enginePid()
    expect(pid).toBeGreaterThan(0)
    process.kill(pid, 'SIGKILL')
    await expect
      .poll(async () => (await summary(runId))?.status, { timeout: 60_000 })
      .toBe('finished')
    expect(await enginePid()).not.toBe(pid)
    const told = await history(runId)
    expect(told.filter(({ type }) => type === 'started').length).toBeGreaterThanOrEqual(2)
    expect((await summary(runId))!.epochs).toBe(6)
    expect(await opened!.page.getByTestId('view-data').isVisible()).toBe(true)
  })

  test('runs go to the trash; where there is none, nothing is deleted and it is said', async () => {
    const runId = await train(1)
    await expect.poll(async () => (await summary(runId))?.status).toBe('finished')
    const { app, home } = opened!
    const { projectId } = await call<DatasetSnapshot>('dataset.snapshot')
    const folder = join(home, 'projects', projectId, 'runs', runId)
    const trash = () =>
      call('run.trash', { runIds: [runId] }).catch((error: unknown) => String(error))

    await app.evaluate(({ shell }) => {
      shell.trashItem = () => Promise.reject(new Error('no trash on this drive'))
    })
    expect(await trash()).toMatch(/could not be moved to the trash.*no trash on this drive/s)
    expect(readFileSync(join(folder, 'run.json'), 'utf8')).toContain(runId)
    expect(await summary(runId)).toMatchObject({ runId, status: 'finished' })

    await app.evaluate(({ shell }) => {
      const given: string[] = []
      Object.assign(globalThis, { given })
      shell.trashItem = (path) => Promise.resolve(void given.push(path))
    })
    expect(await trash()).toBeNull()
    expect(await app.evaluate(() => (globalThis as { given?: string[] }).given)).toEqual([folder])
    // What the system does with it.
    renameSync(folder, join(home, 'trashed'))
    expect(await summary(runId)).toBeUndefined()
  })
})

describe('the app ends', () => {
  afterEach(end)

  test('closing asks; what is paused is there, at rest, when the app is started again', async () => {
    const runId = await train(500)
    const { app, page, home } = opened!
    const close = () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
    const isVisible = () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible())
    const answer = (then: string) => page.getByTestId(`closing-${then}`).click({ timeout: 10_000 })
    await close()
    await page.getByTestId('closing-pause').waitFor({ timeout: 10_000 })
    await screenshot(page, 'closing')
    await answer('stay')
    expect(await isVisible()).toBe(true)

    await close()
    await answer('background')
    await expect.poll(isVisible).toBe(false)
    const before = (await history(runId)).length
    await expect.poll(async () => (await history(runId)).length).toBeGreaterThan(before)

    // A second start shows the window again; so does whatever else makes the app active.
    await app.evaluate(({ app: electron }) => electron.emit('activate'))
    await expect.poll(isVisible).toBe(true)

    const ended = new Promise<void>((resolve) => app.process().once('exit', () => resolve()))
    await app.evaluate(({ app: electron }) => electron.quit())
    await page.getByTestId('closing-pause').waitFor({ timeout: 10_000 })
    expect(await isVisible()).toBe(true)
    // The window may be gone before the click is answered.
    await answer('pause').catch(() => undefined)
    await ended

    opened = await launch({ home })
    expect(await summary(runId)).toMatchObject({ status: 'paused', resumable: true })
    await goOn('resume')
    await expect
      .poll(async () => (await history(runId)).filter(({ type }) => type === 'started').length)
      .toBe(2)
    await call('run.stop')
    expect(await summary(runId)).toMatchObject({ status: 'stopped', resumable: true })
  })

  test('the app is killed while it trains: the run rests, says why, and one click goes on', async () => {
    const runId = await train(40)
    const { app, home } = opened!
    const ended = new Promise<void>((resolve) => app.process().once('exit', () => resolve()))
    app.process().kill('SIGKILL')
    await ended

    opened = await launch({ home })
    const { page } = opened
    const epochs = (await summary(runId))!.epochs
    expect(epochs).toBeGreaterThan(0)
    await page.getByTestId('room-train').click()
    const banner = page.getByTestId('rest-banner')
    await banner.waitFor({ timeout: 20_000 })
    expect(await banner.getAttribute('data-reason')).toBe('app-stopped')
    expect(await banner.innerText()).toContain('Restage ended while it trained')
    expect(await look(opened, 'train-rest')).toEqual([])
    await goOn('rest-resume')
    await banner.waitFor({ state: 'detached', timeout: 20_000 })
    await expect
      .poll(async () => (await summary(runId))?.epochs, { timeout: 60_000 })
      .toBeGreaterThan(epochs)
    await call('run.stop')
  })
})

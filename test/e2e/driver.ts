// Opens the built app for a test and does what a person's hands would do. What must stay true: each
// launch has a data folder of its own, and dialogs of the system are answered from RESTAGE_CHOOSE,
// for nothing outside the window can be clicked.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, errors as failures, type ElectronApplication, type Page } from 'playwright-core'
import type { CallInput, CallName } from '../../shared/contract'
import { electronExecutable, electronFlags } from '../../scripts/setup/electronRuntime.mjs'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const shared = join(dirname(root), 'shared')

/** What `app.choose` answers, by what is asked for. */
export type Chosen = Partial<Readonly<Record<CallInput<'app.choose'>['what'], readonly string[]>>>

export interface Opened {
  readonly app: ElectronApplication
  readonly page: Page
  /** RESTAGE_HOME of this launch. */
  readonly home: string
  /** Errors the window threw or logged, in order. */
  readonly errors: readonly string[]
  close(): Promise<void>
}

/** A folder that is removed by the caller; its path has no links in it. */
export const temporary = (name: string): string =>
  realpathSync(mkdtempSync(join(tmpdir(), `restage-${name}-`)))

/** Milliseconds. */
const closePatience = 10_000

/** Files that run at the same time have each its own screen, where `npm test` made several. */
function screenOfWorker(): { DISPLAY?: string } {
  const screens = process.env.RESTAGE_SCREENS?.split(' ')
  const screen = screens?.[Number(process.env.VITEST_POOL_ID ?? 1) - 1]
  return screen ? { DISPLAY: screen } : {}
}

/** Starts the app and waits until its first room is there. */
export async function launch({
  choose = {},
  home = temporary('home'),
}: { choose?: Chosen; home?: string } = {}): Promise<Opened> {
  const executablePath = electronExecutable()
  if (!executablePath) throw new Error('There is no Electron: run `npm run setup` first')
  const app = await start({
    executablePath,
    args: [...electronFlags(), root],
    env: {
      ...(process.env as Record<string, string>),
      ...screenOfWorker(),
      RESTAGE_HOME: home,
      RESTAGE_CHOOSE: JSON.stringify(choose),
    },
    timeout: 30_000,
  })
  const page = await app.firstWindow({ timeout: 60_000 })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    // A thumbnail of a file that turns out to be no picture is asked for before that is known.
    if (message.type() === 'error' && !/404/.test(message.text())) errors.push(message.text())
  })
  await page.getByTestId('view-data').waitFor({ timeout: 60_000 })
  const close = async () => {
    // A window with a run asks before it closes, and a test that failed answers nothing.
    const impatient = setTimeout(() => app.process().kill('SIGKILL'), closePatience)
    await app.close().catch(() => undefined)
    clearTimeout(impatient)
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
  return { app, page, home, errors, close }
}

/** Playwright now and then waits for ever for an Electron 22 that has long been up, and ends it. */
async function start(options: Parameters<typeof _electron.launch>[0]) {
  try {
    return await _electron.launch(options)
  } catch (error) {
    if (!(error instanceof failures.TimeoutError)) throw error
    return _electron.launch(options)
  }
}

/** Writes out/test/e2e/NAME.png and answers its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const folder = join(root, 'out', 'test', 'e2e')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path })
  return path
}

/** Drags real files or folders from outside onto the middle of what `selector` names, again if the
 *  window did not get the drop: Chromium turns one into a "leave" when it comes before the answer to
 *  the last "over", which a hand is too slow for. */
export async function dropFiles(
  page: Page,
  paths: readonly string[],
  selector: string,
): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const data = { items: [], files: [...paths], dragOperationsMask: 1 }
  for (let tries = 1; ; tries++) {
    const box = await page.locator(selector).first().boundingBox()
    if (!box) throw new Error(`${selector} is not in sight`)
    const at = { data, x: box.x + box.width / 2, y: box.y + box.height / 2 }
    await page.evaluate(() => {
      delete document.documentElement.dataset.dropped
      const note = () => (document.documentElement.dataset.dropped = 'yes')
      window.addEventListener('drop', note, { capture: true, once: true })
    })
    await devtools.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at })
    await devtools.send('Input.dispatchDragEvent', { type: 'dragOver', ...at })
    await page.waitForTimeout(50)
    await devtools.send('Input.dispatchDragEvent', { type: 'dragOver', ...at })
    await devtools.send('Input.dispatchDragEvent', { type: 'drop', ...at })
    const dropped = page.locator('html[data-dropped=yes]').waitFor({ timeout: 3000 })
    if (
      await dropped.then(
        () => true,
        () => false,
      )
    )
      break
    if (tries === 3) throw new Error(`the window did not get the drop onto ${selector}`)
  }
  await devtools.detach()
}

/** Makes the inside of the window so large, in CSS pixels, and waits until it is. */
export async function setSize(
  app: ElectronApplication,
  width: number,
  height: number,
): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height)
    },
    { width, height },
  )
  const page = await app.firstWindow()
  await page.evaluate(
    async (size) => {
      const deadline = performance.now() + 10_000
      while (innerWidth !== size.width || innerHeight !== size.height) {
        if (performance.now() > deadline)
          throw new Error(`the window stays at ${innerWidth} x ${innerHeight}`)
        await new Promise(requestAnimationFrame)
      }
    },
    { width, height },
  )
}

/** Waits until everything is drawn as it stays: layout and charts follow a change of size or colours
 *  within a few frames, and nothing is being animated. */
export const settled = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const moving = () => document.getAnimations().some(({ playState }) => playState === 'running')
    const deadline = performance.now() + 2000
    for (let still = 0; still < 5 && performance.now() < deadline; still = moving() ? 0 : still + 1)
      await new Promise(requestAnimationFrame)
  })

/** Asks as the page does. @throws {Error} when the answer is a failure */
export async function call<T>(page: Page, name: CallName, input?: CallInput<CallName>): Promise<T> {
  const answer = await page.evaluate(
    ([asked, given]) =>
      (
        window as unknown as {
          restage: {
            call(
              name: string,
              input: unknown,
            ): Promise<{ ok: boolean; value: unknown; message: string }>
          }
        }
      ).restage.call(asked as string, given),
    [name, input] as const,
  )
  if (!answer.ok) throw new Error(`${name}: ${answer.message}`)
  return answer.value as T
}

/** A new project that holds what these paths hold, in a window that starts anew. What the paths
 *  name was dropped or chosen before: the app opens nothing else. */
export async function newProject(page: Page, paths: readonly string[] = []): Promise<void> {
  await call(page, 'project.create', { name: 'Photos' })
  if (paths.length > 0) await call(page, 'dataset.add', { paths: [...paths] })
  await page.evaluate(() => localStorage.clear())
  await page.reload()
  await page.getByTestId('view-data').waitFor({ timeout: 20_000 })
}

/** The one run folder under a home. */
export function runFolder(home: string): string {
  const found = readdirSync(join(home, 'projects'), { recursive: true, encoding: 'utf8' }).find(
    (name) => name.endsWith('run.json'),
  )
  if (!found) throw new Error('No run was made')
  return dirname(join(home, 'projects', found))
}

// Electron's main process: takes the single-instance lock, starts the engine, opens the one window,
// and ends the engine kindly. What each part may do stands in the part; here they are only wired.
// RESTAGE_HOME moves all of the app's data (tests), RESTAGE_DEV allows the developer tools.
import { app, powerMonitor, protocol, utilityProcess, type BrowserWindow } from 'electron'
import log from 'electron-log/main'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { createActiveRun, type ActiveRun } from './activeRun'
import { createAskEngine, type AskEngine } from './askEngine'
import { createAppCalls } from './appCalls'
import { createAppFiles } from './appProtocol'
import { createBackground } from './background'
import { createClosing, type Closing } from './closing'
import { askInWindow, askNatively } from './closingQuestion'
import { serveScheme } from './electronCompat'
import { engineShutdown, startedAgain } from './engine/port'
import { createEngineProcess, type EngineProcess } from './engineProcess'
import { createGrants } from './grants'
import { createImages } from './imageProtocol'
import { setMenu } from './menu'
import { routeCalls, sendEvent } from './router'
import { createWindow, lockSession } from './window'
import { wordsFor } from './words'

// Electron's own idea of the app's folder differs between a packaged app and a launcher, so all is
// found from this file, dist/main/index.cjs.
const mainFolder = __dirname
const root = path.join(mainFolder, '..', '..')
const engineFile = path.join(root, 'dist', 'engine', 'index.cjs')
const home = path.resolve(process.env.RESTAGE_HOME ?? path.join(app.getPath('appData'), 'Restage'))
/** Until the engine has put things in order, in ms: with a run that means a step and a checkpoint. */
const shutdownPatience = { idle: 3000, training: 60_000 }

app.setName('Restage')
app.setPath('userData', home)
log.transports.file.resolvePathFn = () => path.join(home, 'logs', 'main.log')
log.errorHandler.startCatching({ showDialog: false })

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  { scheme: 'appimage', privileges: { standard: true, secure: true } },
])

if (app.requestSingleInstanceLock()) run()
else app.quit()

function run(): void {
  let window: BrowserWindow | null = null
  const contents = () => (window && !window.isDestroyed() ? window.webContents : null)

  const grants = createGrants()
  grants.grantShowing([home])
  const engineLog = log.scope('engine')
  const engine = createEngineProcess({
    fork: (again) =>
      utilityProcess.fork(engineFile, again ? [startedAgain] : [], {
        serviceName: 'Restage engine',
        stdio: 'pipe',
        env: { ...process.env, RESTAGE_HOME: home, RESTAGE_ASSETS: path.join(root, 'assets') },
      }),
    onEvent: (event, payload) => {
      activeRun.hear(event, payload)
      sendEvent(contents(), event, payload)
    },
    log: { info: (text) => engineLog.info(text), error: (text) => engineLog.error(text) },
  })

  const askEngine = createAskEngine(engine.request)

  const words = () => wordsFor(app.getLocale())
  const background = createBackground({
    window: () => window,
    icon: path.join(root, 'assets', 'tray.png'),
    words,
    quit: () => app.quit(),
    log,
  })
  const activeRun = createActiveRun({ askEngine, onEnd: background.tell })
  const closing = createClosing({
    runId: () => activeRun.runId,
    askInWindow: (runId) => {
      background.show()
      return askInWindow(contents(), runId)
    },
    askNatively: () => askNatively(window, words()),
    goToBackground: background.hide,
    hide: () => window?.hide(),
    quit: () => app.quit(),
    stopRun: () => askEngine('run.rest', { stop: true }),
    patience: { page: 10_000, run: shutdownPatience.training },
  })

  routeCalls({
    contents,
    handlers: createAppCalls({
      version: versionOf(root),
      window: () => window,
      grants,
      chooseFrom: process.env.RESTAGE_CHOOSE,
      closing,
      askEngine,
    }),
    request: engine.request,
    grants,
    log,
  })

  const open = () => {
    const opened = createWindow({ mainFolder, devTools: Boolean(process.env.RESTAGE_DEV), log })
    opened.on('close', (event) => {
      if (!closing.mayClose()) event.preventDefault()
    })
    // Windows tells a window, not the app, that the computer shuts down.
    opened.on('session-end', () => closing.closeNow())
    opened.on('closed', () => {
      window = null
    })
    window = opened
  }

  app.on('second-instance', background.show)
  app.on('activate', background.show)
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (!closing.mayClose()) event.preventDefault()
  })
  process.on('SIGTERM', () => closing.closeNow())
  app.on('will-quit', endKindly(engine, activeRun))

  void app.whenReady().then(() => {
    setMenu(process.platform === 'darwin')
    lockSession()
    serveScheme('app', createAppFiles(path.join(root, 'dist', 'renderer')))
    serveScheme('appimage', createImages(askEngine))
    engine.start()
    open()
    watchPower(askEngine, closing)
  })
}

/** Not on before-quit: by now the windows are gone, so nobody looks at one that is already dead. */
function endKindly(engine: EngineProcess, activeRun: ActiveRun) {
  let ended = false
  return (event: { preventDefault(): void }) => {
    if (ended) return
    event.preventDefault()
    const patience = activeRun.runId === null ? shutdownPatience.idle : shutdownPatience.training
    void engine.stop({ shutdown: engineShutdown, patience }).finally(() => {
      ended = true
      app.quit()
    })
  }
}

function watchPower(askEngine: AskEngine, closing: Closing): void {
  const asleep = (now: boolean) => () =>
    void askEngine('run.asleep', { asleep: now }).catch(() => undefined)
  powerMonitor.on('suspend', asleep(true))
  powerMonitor.on('resume', asleep(false))
  powerMonitor.on('shutdown', () => closing.closeNow())
}

// app.getVersion() would tell Electron's own version where a launcher loads the app's folder.
function versionOf(folder: string): string {
  const text = readFileSync(path.join(folder, 'package.json'), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version
}

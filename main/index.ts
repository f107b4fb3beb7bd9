// Electron's main process: takes the single-instance lock, starts the engine, opens the one window,
// and ends the engine kindly. What each part may do stands in the part; here they are only wired.
// RESTAGE_HOME moves all of the app's data (tests), RESTAGE_DEV allows the developer tools.
import { app, protocol, utilityProcess, type BrowserWindow } from 'electron'
import log from 'electron-log/main'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { createAppCalls } from './appCalls'
import { createAppFiles } from './appProtocol'
import { serveScheme } from './electronCompat'
import { engineShutdown } from './engine/port'
import { createEngineProcess } from './engineProcess'
import { createGrants } from './grants'
import { createImages } from './imageProtocol'
import { setMenu } from './menu'
import { routeCalls, sendEvent } from './router'
import { createWindow, lockSession } from './window'

// Electron's own idea of the app's folder differs between a packaged app and a launcher, so all is
// found from this file, dist/main/index.cjs.
const mainFolder = __dirname
const root = path.join(mainFolder, '..', '..')
const home = path.resolve(process.env.RESTAGE_HOME ?? path.join(app.getPath('appData'), 'Restage'))
const shutdownPatience = 3000

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
    fork: () =>
      utilityProcess.fork(path.join(root, 'dist', 'engine', 'index.cjs'), [], {
        serviceName: 'Restage engine',
        stdio: 'pipe',
        env: { ...process.env, RESTAGE_HOME: home, RESTAGE_ASSETS: path.join(root, 'assets') },
      }),
    onEvent: (event, payload) => sendEvent(contents(), event, payload),
    log: { info: (text) => engineLog.info(text), error: (text) => engineLog.error(text) },
  })

  routeCalls({
    contents,
    handlers: createAppCalls({
      version: versionOf(root),
      window: () => window,
      grants,
      chooseFrom: process.env.RESTAGE_CHOOSE,
    }),
    askEngine: engine.request,
    grants,
    log,
  })

  const open = () => {
    const opened = createWindow({ mainFolder, devTools: Boolean(process.env.RESTAGE_DEV), log })
    opened.on('closed', () => {
      window = null
    })
    window = opened
  }

  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => app.quit())

  // Not before-quit: by now the windows are gone, so nobody looks at one that is already dead.
  let ended = false
  app.on('will-quit', (event) => {
    if (ended) return
    event.preventDefault()
    void engine.stop({ shutdown: engineShutdown, patience: shutdownPatience }).finally(() => {
      ended = true
      app.quit()
    })
  })

  void app.whenReady().then(() => {
    setMenu(process.platform === 'darwin')
    lockSession()
    serveScheme('app', createAppFiles(path.join(root, 'dist', 'renderer')))
    serveScheme('appimage', createImages(engine.request))
    engine.start()
    open()
  })
}

// app.getVersion() would tell Electron's own version where a launcher loads the app's folder.
function versionOf(folder: string): string {
  const text = readFileSync(path.join(folder, 'package.json'), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version
}

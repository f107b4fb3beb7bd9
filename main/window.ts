// The one window, and the walls around it: sandboxed, isolated, unable to navigate, to open other
// windows, to embed anything or to be given a permission. It shows itself once there is something
// to see, and is loaded again if its process dies; training goes on in the engine meanwhile.
import { BrowserWindow, nativeTheme, session } from 'electron'
import path from 'node:path'
import { appOrigin } from './appProtocol'

interface WindowOptions {
  /** The folder of the bundled main process, where preload lies. */
  readonly mainFolder: string
  readonly devTools: boolean
  readonly log: { error(text: string): void }
}

// The interface's own background in both themes, so that nothing flashes before it is drawn.
const background = { light: '#f6f7f9', dark: '#0f1216' }
const reloadsAllowed = 3

export function createWindow({ mainFolder, devTools, log }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Restage',
    width: 1280,
    height: 800,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload: path.join(mainFolder, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools,
    },
  })
  // Its keys go on working; on a Mac the menu is not in the window anyway.
  window.setMenuBarVisibility(false)
  // Only now: set while the menu bar stands, the least height would be less by the bar's.
  window.setMinimumSize(960, 640)
  window.once('ready-to-show', () => window.show())

  const contents = window.webContents
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())

  let reloads = 0
  contents.on('render-process-gone', (_event, { reason }) => {
    log.error(`The window's process is gone: ${reason}`)
    if (reason !== 'clean-exit' && ++reloads <= reloadsAllowed) void load(window, log)
  })
  void load(window, log)
  return window
}

/** Denies every permission, and every request that would leave this computer or read its files by
 *  address; the content security policy says the same, this holds where it does not reach. */
export function lockSession(): void {
  const locked = session.defaultSession
  locked.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  locked.setPermissionCheckHandler(() => false)
  locked.setDevicePermissionHandler(() => false)
  const elsewhere = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'file://*/*']
  locked.webRequest.onBeforeRequest({ urls: elsewhere }, (_details, decide) =>
    decide({ cancel: true }),
  )
}

const load = (window: BrowserWindow, log: WindowOptions['log']) =>
  window.loadURL(`${appOrigin}/index.html`).catch((error: unknown) => log.error(String(error)))

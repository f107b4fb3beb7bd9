// The app without its window: a run goes on behind an icon of the system's tray, and says when it has
// ended. Where the system has no tray, starting the app again shows the window.
import { Menu, Notification, Tray, type BrowserWindow } from 'electron'
import type { RunEvent } from '../shared/runEvents'
import type { Words } from './words'

interface BackgroundOptions {
  readonly window: () => BrowserWindow | null
  readonly icon: string
  readonly words: () => Words
  readonly quit: () => void
  readonly log: { error(text: string): void }
}

export function createBackground({ window, icon, words, quit, log }: BackgroundOptions) {
  let tray: Tray | null = null

  function show() {
    tray?.destroy()
    tray = null
    const shown = window()
    if (shown?.isMinimized()) shown.restore()
    shown?.show()
    shown?.focus()
  }

  function hide() {
    window()?.hide()
    try {
      tray ??= openTray()
    } catch (error) {
      log.error(`There is no tray: ${String(error)}`)
    }
  }

  function openTray(): Tray {
    const opened = new Tray(icon)
    const { show: showLabel, quit: quitLabel } = words()
    opened.setToolTip('Restage')
    opened.setContextMenu(
      Menu.buildFromTemplate([
        { label: showLabel, click: show },
        { label: quitLabel, click: quit },
      ]),
    )
    opened.on('click', show)
    return opened
  }

  /** A run has ended; a person who looks at the window sees that. */
  function tell(event: RunEvent) {
    const shown = window()
    if (!shown || shown.isVisible() || !Notification.isSupported()) return
    const notification = new Notification({ title: 'Restage', body: saidOf(event, words()) })
    notification.on('click', show)
    notification.show()
  }

  return { show, hide, tell }
}

function saidOf(event: RunEvent, words: Words): string {
  if (event.type === 'finished')
    return words.finished(
      `${(100 * (event.figure?.accuracy ?? event.bestValAccuracy)).toFixed(1)} %`,
    )
  return event.type === 'failed' ? words.failed : words.stopped
}

// How a person is asked what shall become of the run: by the page, and where that cannot, by a dialog
// of the system.
import { dialog, type BrowserWindow, type WebContents } from 'electron'
import type { Then } from './closing'
import { sendEvent } from './router'
import type { Words } from './words'

/** Resolves with true once the page has given a sign of life; never, where it hangs. */
export async function askInWindow(contents: WebContents | null, runId: string): Promise<boolean> {
  if (!contents || contents.isDestroyed() || contents.isCrashed()) return false
  sendEvent(contents, 'app.closing', { runId })
  // Of two messages to a page the second is worked on after the first.
  return (await contents.executeJavaScript('true')) === true
}

const ways: readonly Then[] = ['background', 'pause', 'stop', 'stay']

export async function askNatively(window: BrowserWindow | null, words: Words): Promise<Then> {
  const question = {
    type: 'question' as const,
    message: words.title,
    detail: words.detail,
    buttons: ways.map((way) => words[way]),
    defaultId: 0,
    cancelId: ways.indexOf('stay'),
    noLink: true,
  }
  const { response } = await (window && window.isVisible()
    ? dialog.showMessageBox(window, question)
    : dialog.showMessageBox(question))
  return ways[response] ?? 'stay'
}

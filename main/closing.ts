// The window is to close, or the app to quit, while a run goes on: nothing closes until a person said
// what shall become of the run. The page asks; where it does not live, or the person tries again
// while it asks, a dialog of the system does. Without a run, and when the computer shuts down, all
// closes at once; the engine then puts what goes on to rest.
import type { CallInput } from '../shared/contract'
import { withTimeout } from './engine/files/withTimeout'

export type Then = CallInput<'app.close'>['then']

export interface ClosingOptions {
  readonly runId: () => string | null
  /** Shows the window and tells the page; resolves with whether it lives. */
  readonly askInWindow: (runId: string) => Promise<boolean>
  readonly askNatively: () => Promise<Then>
  /** The window goes, the app stays. */
  readonly goToBackground: () => void
  /** The window goes at once; the app follows. */
  readonly hide: () => void
  readonly quit: () => void
  /** Resolves when the run has ended. */
  readonly stopRun: () => Promise<unknown>
  /** How long the page may take to give a sign of life, and the run to end, in ms. */
  readonly patience: { readonly page: number; readonly run: number }
}

export function createClosing(options: ClosingOptions) {
  const { runId, hide, quit, patience } = options
  let agreed = false
  let asking = false

  async function ask(run: string) {
    const again = asking
    asking = true
    const lives =
      !again &&
      (await withTimeout(options.askInWindow(run), patience.page, false).catch(() => false))
    if (!lives && asking) await answer(await options.askNatively())
  }

  /** Of whoever was asked; one that nobody asked for, or asks for no more, changes nothing. */
  async function answer(then: Then) {
    if (!asking) return
    asking = false
    if (then === 'stay') return
    if (then === 'background' && runId() !== null) return options.goToBackground()
    agreed = true
    hide()
    if (then === 'stop')
      await withTimeout(options.stopRun(), patience.run, undefined).catch(() => undefined)
    quit()
  }

  return {
    answer,
    /** False: not now; the person is asked. */
    mayClose(): boolean {
      const run = runId()
      if (agreed || run === null) return true
      void ask(run)
      return false
    },
    /** No more questions: the computer shuts down. */
    closeNow() {
      agreed = true
      quit()
    },
  }
}
export type Closing = ReturnType<typeof createClosing>

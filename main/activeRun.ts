// Which run goes on, as main knows it without asking: closing the window must be answered at once. It
// listens to what the engine tells, and asks again after the engine was started anew.
import { internalCalls, type Answer, type EventName } from '../shared/contract'
import type { EngineStatus } from '../shared/device'
import type { RunEvent } from '../shared/run'

interface ActiveRunOptions {
  readonly ask: (name: string, input: unknown) => Promise<Answer<unknown>>
  /** A run has ended; one that rests has not. */
  readonly onEnd: (event: RunEvent) => void
}

export function createActiveRun({ ask, onEnd }: ActiveRunOptions) {
  let runId: string | null = null

  /** The engine's answer is newer than all that it told before. */
  async function refresh() {
    try {
      const answer = await ask('run.active', undefined)
      if (answer.ok) runId = internalCalls['run.active'].output.parse(answer.value).runId
    } catch {
      // An engine that stopped tells so itself.
    }
  }

  function take(event: RunEvent) {
    switch (event.type) {
      case 'finished':
      case 'stopped':
      case 'failed':
        if (event.runId === runId) runId = null
        return onEnd(event)
      // One that was cut off rests, and does not go on.
      case 'paused':
        return void refresh()
      default:
        runId = event.runId
    }
  }

  return {
    get runId() {
      return runId
    },
    /** Everything that the engine tells. */
    hear(event: EventName, payload: unknown) {
      if (event === 'run.event') take(payload as RunEvent)
      if (event !== 'engine.status') return
      const { state } = payload as EngineStatus
      if (state === 'failed') runId = null
      if (state === 'ready') void refresh()
    },
  }
}
export type ActiveRun = ReturnType<typeof createActiveRun>

// Long calculations share the engine's one thread with everything that the window asks. They yield to
// the event loop, so that messages are answered meanwhile.

/** Milliseconds that a calculation may hold the thread. */
const longestTurn = 12

/** Resolves once everything that waits in the event loop has had its turn. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A function to be called often: it yields whenever `longestTurn` has passed since it last did, and
 *  otherwise resolves at once. */
export function createYielder(): () => Promise<void> {
  let last = Date.now()
  return async () => {
    if (Date.now() - last < longestTurn) return
    await yieldToEventLoop()
    last = Date.now()
  }
}

// Long calculations share the engine's one thread with everything that the window asks: they call
// this often, and it lets messages in whenever they have had the thread for a while.
const longest = 12

/** Calls resolve at once until `longest` milliseconds have passed since the last breath. */
export function breather(): () => Promise<void> {
  let last = Date.now()
  return async () => {
    if (Date.now() - last < longest) return
    await new Promise((resolve) => setImmediate(resolve))
    last = Date.now()
  }
}

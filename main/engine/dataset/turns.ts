// Who decodes first: what a person looks at goes before what is read in the background. Both share
// the few threads there are, and a grid that fills late is felt while a late check is not.
let looking = 0
let waiting: (() => void)[] = []

/** Runs at once, and holds up background work meanwhile. */
export async function lookFirst<T>(work: () => Promise<T>): Promise<T> {
  looking++
  try {
    return await work()
  } finally {
    if (--looking === 0) {
      const ready = waiting
      waiting = []
      for (const go of ready) go()
    }
  }
}

/** Lets everything that waits have its turn. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Resolves when nobody is looking, or after so many milliseconds. */
export const background = (atMost = Infinity): Promise<void> =>
  looking === 0
    ? Promise.resolve()
    : new Promise((resolve) => {
        waiting.push(resolve)
        if (atMost < Infinity) setTimeout(resolve, atMost)
      })

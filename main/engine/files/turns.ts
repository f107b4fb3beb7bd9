// Priority of a person's actions over background work. Both share a few cores; a person notices a grid
// that fills late, but not a check that ends late.
let looking = 0
let waiting: (() => void)[] = []

/** Milliseconds for the window to draw the result. While a person scrolls or labels, the next action
 *  comes before they are over. */
const drawing = 150

/** Runs the work at once; background work waits until it has ended and its result is drawn. */
export async function lookFirst<T>(work: () => Promise<T>): Promise<T> {
  looking++
  try {
    return await work()
  } finally {
    setTimeout(looked, drawing)
  }
}

/** Background work waits while the window draws something that needs no work of the engine. */
export const attend = () => void lookFirst(() => Promise.resolve())

function looked() {
  if (--looking > 0) return
  const ready = waiting
  waiting = []
  for (const go of ready) go()
}

/** To be awaited by background work: resolves when no action of a person is going on, or after so many
 *  milliseconds. */
export const background = (atMost = Infinity): Promise<void> =>
  looking === 0
    ? Promise.resolve()
    : new Promise((resolve) => {
        waiting.push(resolve)
        if (atMost < Infinity) setTimeout(resolve, atMost)
      })

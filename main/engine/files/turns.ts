// Who computes first: what a person does or looks at goes before what is read in the background. Both
// share the few cores there are, and a grid that fills late is felt while a late check is not.
let looking = 0
let waiting: (() => void)[] = []

/** Milliseconds for the window to draw what came of it; who scrolls or labels does the next thing
 *  before they are over. */
const drawing = 150

/** Runs at once, and holds up background work meanwhile and while its outcome is drawn. */
export async function lookFirst<T>(work: () => Promise<T>): Promise<T> {
  looking++
  try {
    return await work()
  } finally {
    setTimeout(looked, drawing)
  }
}

/** A person has done something that shows at once. */
export const attend = () => void lookFirst(() => Promise.resolve())

function looked() {
  if (--looking > 0) return
  const ready = waiting
  waiting = []
  for (const go of ready) go()
}

/** Resolves when nobody is looking, or after so many milliseconds. */
export const background = (atMost = Infinity): Promise<void> =>
  looking === 0
    ? Promise.resolve()
    : new Promise((resolve) => {
        waiting.push(resolve)
        if (atMost < Infinity) setTimeout(resolve, atMost)
      })

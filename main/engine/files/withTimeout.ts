// A promise against the clock.

/** Resolves or rejects as the promise does, or resolves with `late` after so many milliseconds. */
export async function withTimeout<T, Late>(
  promise: Promise<T>,
  milliseconds: number,
  late: Late,
): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<Late>((resolve) => {
    timer = setTimeout(() => resolve(late), milliseconds)
  })
  try {
    return await Promise.race([promise, elapsed])
  } finally {
    clearTimeout(timer)
  }
}

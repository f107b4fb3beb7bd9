// Work that must not overlap: each piece begins when the one before has ended, well or badly.

export interface SerialQueue {
  /** Resolves or rejects as the work does; a failure does not hold up what comes after it. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when everything given so far has ended. Never rejects. */
  settled(): Promise<void>
}

export function createSerialQueue(): SerialQueue {
  let last: Promise<void> = Promise.resolve()
  return {
    run(work) {
      const done = last.then(work)
      last = done.then(
        () => undefined,
        () => undefined,
      )
      return done
    },
    settled: () => last,
  }
}

// Work on many items, a few at a time: enough to keep the disk and the decoders busy, few enough for
// memory.

/** Runs `work` on every item, at most `width` at a time, starting in order. Rejects with the first
 *  error; work that has begun is not cancelled. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < items.length) await work(items[next++]!)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
}

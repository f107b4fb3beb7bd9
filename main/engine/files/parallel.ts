// Work on many items a few at a time: enough to keep the disk and the decoders busy, not so much
// that memory fills.

/** Runs `work` on every item, `width` of them at a time, in order of starting. The first error
 *  rejects; what had begun goes on. */
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

/**
 * Tells the newest of several questions from those that it overtook, so that a late answer to an
 * earlier one can be dropped. Each call begins a question; the function it returns is true as long
 * as no later question has begun. Beginning one without asking anything drops all earlier answers.
 */
export function createLatest(): () => () => boolean {
  let newest = 0
  return () => {
    const own = ++newest
    return () => own === newest
  }
}

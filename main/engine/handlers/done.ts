/** Answers null once `work` is done, for calls whose answer says nothing. */
export async function done(work: unknown): Promise<null> {
  await work
  return null
}

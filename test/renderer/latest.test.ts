import { expect, test } from 'vitest'
import { createLatest } from '../../renderer/latest'

test('only the newest question counts, whichever answer comes last', async () => {
  const begin = createLatest()
  const kept: string[] = []
  async function ask(name: string, answer: Promise<unknown>) {
    const isLatest = begin()
    await answer
    if (isLatest()) kept.push(name)
  }
  let answerFirst: (value: unknown) => void = () => {}
  const first = ask('first', new Promise((done) => (answerFirst = done)))
  await ask('second', Promise.resolve())
  answerFirst(null)
  await first
  expect(kept).toEqual(['second'])
})

test('beginning without asking drops what is under way, and each caller counts alone', () => {
  const [begin, other] = [createLatest(), createLatest()]
  const isLatest = begin()
  other()
  expect(isLatest()).toBe(true)
  begin()
  expect(isLatest()).toBe(false)
})

// A note that is written to a run leaves the others as they are.
import { expect, test } from 'vitest'
import { calls } from '../../shared/contract'

test('what is left out of run.annotate is not filled in', () => {
  const { input } = calls['run.annotate']
  expect(input.parse({ runId: 'r', notes: 'x' })).toEqual({ runId: 'r', notes: 'x' })
})

// What a failure says is short enough for a message, whatever a file holds.
import { expect, it } from 'vitest'
import { failed } from '../../shared/answer'
import { Failure } from '../../shared/failure'
import { reason } from '../../shared/reason'

it('cuts details of megabytes, in reasons too', () => {
  const long = 'x'.repeat(10_000_000)
  const failure = new Failure('weights-format', {
    path: long,
    reason: reason('tensor-twice', { name: long }),
  })
  expect(JSON.stringify(failed(failure)).length).toBeLessThan(20_000)
  expect(failure.message).toContain('x…')
  const short = { path: '/a', reason: reason('tensor-twice', { name: 'n' }) }
  expect(new Failure('weights-format', short).details).toEqual(short)
})

// A pause ends when it is said to, even by someone quicker than the loop.
import { expect, it } from 'vitest'
import { RunControl } from '../../../../main/engine/training/control'

it('is not missed when it ends before it is waited for', async () => {
  const control = new RunControl()
  control.pause()
  control.resume()
  await control.untilResumed()
  control.resume()
  control.pause()
  let over = false
  const waiting = control.untilResumed().then(() => (over = true))
  await control.breathe()
  expect(over).toBe(false)
  control.resume()
  await waiting
})

it('keeps the pause of a person where the computer sleeps meanwhile', () => {
  const control = new RunControl()
  control.pause('asleep')
  expect(control.reason).toBe('asleep')
  control.pause()
  expect(control.reason).toBeNull()
  control.pause('asleep')
  expect(control.reason).toBeNull()
})

it('rests as it stops', async () => {
  const control = new RunControl()
  control.rest()
  expect(control.resting).toBe(true)
  await expect(control.breathe()).rejects.toMatchObject({ code: 'run-stopped' })
})

// Programs that take turns: the order of rounds, what is left out when one fails.
import { describe, expect, it } from 'vitest'
import { race, type Entrant } from '../../bench/race'

const program = (who: string, script: string): Entrant => ({
  who,
  command: [process.execPath, '-e', script],
})
/** Answers each round with the time, which shows the order of rounds. */
const steady = (who: string) =>
  program(
    who,
    `console.log(JSON.stringify({ ready: { version: '1' } }))
    require('node:readline').createInterface({ input: process.stdin }).on('line', () =>
      console.log(JSON.stringify({ at: Number(process.hrtime.bigint() / 1000n), amount: 1, seconds: 1 })))`,
  )

describe('race', () => {
  it('gives turns round by round', async () => {
    const outcomes = await race([steady('a'), steady('b')], 3, () => undefined)
    const [a, b] = outcomes.map(({ rounds }) => rounds.map(({ at }) => at!))
    const inTime = [0, 1, 2].flatMap((round) => [a![round]!, b![round]!])
    expect(inTime).toHaveLength(6)
    expect(inTime).toEqual([...inTime].sort((x, y) => x - y))
    expect(outcomes[0]).toMatchObject({ versions: { version: '1' }, failure: null })
  })

  it('leaves out what does not start, with its last words, and goes on', async () => {
    const broken = program('broken', `console.error('no torch here'); process.exit(3)`)
    const missing: Entrant = { who: 'missing', command: ['/nowhere/python'] }
    const [first, second, third] = await race([broken, missing, steady('a')], 1, () => undefined)
    expect(first).toMatchObject({ rounds: [], failure: 'no torch here' })
    expect(second!.rounds).toEqual([])
    expect(second!.failure).toMatch(/nowhere/)
    expect(third).toMatchObject({ failure: null })
    expect(third!.rounds).toHaveLength(1)
  })

  it('drops the rounds of one that ends half way', async () => {
    const once = program(
      'once',
      `console.log(JSON.stringify({ ready: {} }))
      require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
        if (global.ran) { console.error('out of memory'); process.exit(1) }
        global.ran = true
        console.log(JSON.stringify({ amount: 1, seconds: 1 }))
      })`,
    )
    const [outcome] = await race([once], 3, () => undefined)
    expect(outcome).toEqual({ who: 'once', rounds: [], versions: {}, failure: 'out of memory' })
  })
})

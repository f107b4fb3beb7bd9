// The bench's arithmetic: what a number means once it was measured.
import { describe, expect, it } from 'vitest'
import { bar, ratio, row } from '../../bench/result'
import { growth, median, spread } from '../../bench/statistics'
import { columns, tableOf } from '../../bench/table'

const label = { who: 'Restage', what: 'steps', unit: 'pictures/s' }

describe('statistics', () => {
  it('takes the middle, of an even count the mean of two, and leaves the list alone', () => {
    const values = [9, 1, 5]
    expect(median(values)).toBe(5)
    expect(values).toEqual([9, 1, 5])
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(() => median([])).toThrow(RangeError)
  })

  it('tells how far rounds lie apart', () => {
    expect(spread([9, 10, 11])).toBeCloseTo(0.2)
    expect(spread([7])).toBe(0)
    expect(spread([0, 0])).toBe(0)
  })

  it('sees growth, and not one odd sample at either end', () => {
    const flat = Array.from({ length: 50 }, () => 100)
    expect(growth(flat)).toBe(0)
    const odd = flat.map((value, i) => (i === 0 ? 10 : i === 49 ? 900 : value))
    expect(growth(odd)).toBe(0)
    // From the median of the first five, 102, to that of the last five, 147.
    expect(growth(flat.map((value, i) => value + i))).toBeCloseTo(45 / 102)
    expect(growth([100, 150])).toBe(0.5)
  })
})

describe('bars', () => {
  const atLeast = { what: 'speed', comparison: 'at least', target: 1.15 } as const

  it('are met at their target, from the side that they name', () => {
    expect(bar(atLeast, 1.15).met).toBe(true)
    expect(bar(atLeast, 1.149).met).toBe(false)
    expect(bar({ ...atLeast, comparison: 'under' }, 1.15).met).toBe(false)
    expect(bar({ ...atLeast, comparison: 'under' }, 1.149).met).toBe(true)
  })

  it('are never met by something that was not measured', () => {
    for (const value of [null, undefined, NaN, Infinity])
      expect(bar(atLeast, value, 'no peers')).toEqual({
        ...atLeast,
        value: null,
        met: null,
        reason: 'no peers',
      })
  })

  it('compare medians, and nothing with nothing', () => {
    const [own, other] = [row(label, [9, 30, 10]), row({ ...label, who: 'PyTorch' }, [5])]
    expect(ratio(own, other)).toBe(2)
    expect(ratio(own, undefined)).toBe(null)
  })
})

describe('the table', () => {
  it('puts numbers to the right and words to the left', () => {
    expect(
      columns([
        ['a', '1.5', 's'],
        ['long', '100', 's'],
      ]),
    ).toEqual(['a     1.5  s', 'long  100  s'])
  })

  it('says what was met, missed, not measured and how', () => {
    const text = tableOf({
      work: 'train-18',
      about: 'steps',
      seconds: 3,
      rows: [row(label, [10, 11, 12])],
      bars: [
        bar({ what: 'a', comparison: 'at least', target: 1 }, 2),
        bar({ what: 'b', comparison: 'under', target: 1 }, 2),
        bar({ what: 'c', comparison: 'under', target: 1 }, null, 'why'),
      ],
      notMeasured: [{ what: 'Keras', reason: 'gone' }],
      notes: ['scaled'],
    })
    expect(text).toContain('Restage    steps  11  pictures/s  +- 9.1 % of 3')
    expect(text).toContain('bar  met   a: 2, at least 1')
    expect(text).toContain('bar  MISS  b: 2, under 1')
    expect(text).toContain('bar  ----  c: under 1, not measured (why)')
    expect(text).toContain('not measured: Keras: gone')
    expect(text).toContain('note: scaled')
  })

  it('can show no rows', () => {
    expect(columns([])).toEqual([])
  })
})

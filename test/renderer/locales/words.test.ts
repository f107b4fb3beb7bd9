// Both languages say everything, with the same placeholders, and a failure has every gap filled.
import { describe, expect, test } from 'vitest'
import { i18n } from '../../../renderer/locales/i18n'
import { ko } from '../../../renderer/locales/ko'
import { describeFailure, failureCodes } from '../../../shared/failure'
import { describeReason, reason, reasonCodes } from '../../../shared/reason'

const gaps = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

function leaves(words: object, at = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string'
      ? [[`${at}${key}`, value] as [string, string]]
      : leaves(Object(value), `${at}${key}.`),
  )
}

describe('words', () => {
  const { messages } = i18n.global
  const korean = new Map(leaves(messages.value.ko))
  test.each(leaves(messages.value.en))('%s has the same gaps in Korean', (key, text) => {
    expect(korean.has(key)).toBe(true)
    expect(gaps(korean.get(key) ?? '')).toEqual(gaps(text))
  })

  test.each(failureCodes)('failure %s uses only details that exist', (code) => {
    const { message, hint } = describeFailure(code, {})
    const known = gaps(message + hint)
    for (const gap of gaps(ko.failure[code].message + ko.failure[code].hint))
      expect(known).toContain(gap)
  })

  test.each(reasonCodes)('reason %s has the same gaps in Korean', (code) =>
    expect(gaps(ko.reason[code])).toEqual(gaps(describeReason(reason(code)))),
  )

  test('one and many', () => {
    expect(i18n.global.t('top.trainsHead', { n: '1' }, 1)).toBe('Trains the head on 1 photo')
    expect(i18n.global.t('top.trainsHead', { n: '1,245' }, 1245)).toBe(
      'Trains the head on 1,245 photos',
    )
  })
})

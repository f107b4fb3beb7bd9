// @vitest-environment happy-dom
// Every reason that a failure of a file gives is known in Korean.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { i18n } from '../../../renderer/locales/i18n'
import { reasons } from '../../../renderer/locales/ko/reasons'
import { useFailureText } from '../../../renderer/locales/failureText'
import { describeFailure } from '../../../shared/failure'
import { fakeRestage } from '../fakeRestage'
import { useIn } from '../useIn'

const source = (name: string) => readFileSync(join(__dirname, '../../../main/engine', name), 'utf8')
const told = [
  ...source('files/fileFailures.ts').matchAll(/ E[A-Z]+: '([^']+)'/g),
  ...['journal', 'labelStore', 'snapshotFile', 'storedLabels'].flatMap((name) => [
    ...source(`dataset/labels/${name}.ts`).matchAll(/reason: '([^']+)'/g),
  ]),
  ...source('dataset/project.ts').matchAll(/'([a-z][^']+ (?:missing|damaged|wrote it))'/g),
].map(([, reason]) => reason!)

test('reasons were found', () => expect(told.length).toBeGreaterThan(14))
test.each([...new Set(told)])('%s', (reason) => expect(reasons).toHaveProperty([reason]))

test('a reason is said in Korean, with the file before it', () => {
  fakeRestage()
  i18n.global.locale.value = 'ko'
  try {
    const details = { name: 'A', path: '/a', reason: 'labels.jsonl: permission denied' }
    const failure = { code: 'project-damaged', details }
    const { message } = useIn(useFailureText)({
      ...{ ...failure, ...describeFailure('project-damaged', details) },
    })
    expect(message).toContain('labels.jsonl: 권한이 없습니다')
  } finally {
    i18n.global.locale.value = 'en'
  }
})

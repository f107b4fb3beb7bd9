// Adds up test results. A run that died before it could report counts as one failure: silence must
// never look like success.

import { existsSync, readFileSync } from 'node:fs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * Reads what vitest's JSON reporter wrote.
 * @param {string} report the file's path; need not exist
 * @param {number} exitCode vitest's
 * @returns {Counts}
 */
export function countVitest(report, exitCode) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 }
  /** @type {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} */
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const tests = testResults.flatMap((file) => file.assertionResults.map((test) => test.status))
  // A file that throws while it is loaded has failed without one failed test.
  const broken = testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const passed = tests.filter((status) => status === 'passed').length
  const failed = tests.filter((status) => status === 'failed').length + broken.length
  return {
    passed,
    // For instance an error thrown outside any test.
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: tests.length + broken.length - passed - failed,
  }
}

/** @param {readonly Counts[]} all @returns {Counts} */
export function sum(all) {
  return {
    passed: all.reduce((total, counts) => total + counts.passed, 0),
    failed: all.reduce((total, counts) => total + counts.failed, 0),
    skipped: all.reduce((total, counts) => total + counts.skipped, 0),
  }
}

/** @param {Counts} counts @returns {string} `N passed, N failed`, and skipped ones if any */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

// The CSV opens in a spreadsheet as it is meant: commas quoted, and no name runs as a formula.
import { expect, it } from 'vitest'
import { fileName, predictionsToCsv } from '../../../renderer/use/predictionTable'
import { reason } from '../../../shared/reason'

it('quotes what needs it and keeps formulas inert', () => {
  const csv = predictionsToCsv([
    { path: '/a/b, "c".jpg', label: '=1+1', confidence: 0.98765, scores: [], problem: null },
    { path: 'x.jpg', label: '', confidence: 0, scores: [], problem: reason('file-cut-short') },
  ])
  expect(csv.split('\r\n')).toEqual([
    'file,label,confidence,problem',
    `"/a/b, ""c"".jpg",'=1+1,0.9877,`,
    'x.jpg,,,the file is cut short',
    '',
  ])
})
it('names a file by the last part of either kind of path', () => {
  expect(fileName('C:\\photos\\bee.jpg')).toBe('bee.jpg')
  expect(fileName('/photos/bee.jpg')).toBe('bee.jpg')
})

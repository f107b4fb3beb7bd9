// Progress of several pieces of work as one line.
import { expect, it } from 'vitest'
import {
  openProgress,
  type DatasetProgress,
} from '../../../../../main/engine/dataset/intake/datasetProgress'

function telling() {
  const told: DatasetProgress[] = []
  return { told, progress: openProgress((news) => told.push(news)) }
}

it('shows what still goes on when something else ends, and idle only at the end', () => {
  const { told, progress } = telling()
  progress.tell('reading', 0, 10)
  progress.tell('scanning', 5, 5)
  progress.end('scanning')
  progress.end('scanning')
  progress.end('reading')
  expect(told.map(({ phase }) => phase)).toEqual(['reading', 'scanning', 'reading', 'idle'])
})

it('passes on few of many', () => {
  const { told, progress } = telling()
  for (let done = 0; done < 10_000; done++) progress.tell('checking', done, 10_000)
  expect(told.length).toBeLessThan(100)
  progress.tell('copying', 0, 1)
  progress.end('copying')
  expect(told.slice(-1)).toEqual([{ phase: 'checking', done: 9999, total: 10_000 }])
})

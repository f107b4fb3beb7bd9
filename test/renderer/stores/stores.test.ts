// @vitest-environment happy-dom
// The stores against a scripted engine: what they ask, and what they make of its answers.
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { useDataset } from '../../../renderer/stores/dataset'
import { useNotices } from '../../../renderer/stores/notices'
import { useRuns } from '../../../renderer/stores/runs'
import { useSelection } from '../../../renderer/stores/selection'
import type { Picture } from '../../../shared/dataset'
import { packPictures } from '../../../shared/pictureColumns'

const picture = (id: string, classId: string | null): Picture => ({
  id,
  path: `/p/${id}.jpg`,
  name: `${id}.jpg`,
  classId,
  split: null,
  excluded: false,
  reviewed: false,
  file: 'present',
  problem: null,
  width: 1,
  height: 1,
  bytes: 1,
  modified: 1,
})
const snapshot = {
  projectId: 'p',
  projectName: 'P',
  revision: 1,
  canUndo: false,
  canRedo: false,
  classes: [
    { id: 'a', name: 'Ant' },
    { id: 'b', name: 'Bee' },
  ],
}
const pictures = [picture('1', null), picture('2', 'a'), picture('3', null), picture('4', 'b')]
const page = { revision: 1, from: 0, total: 4, pictures: packPictures(pictures) }
const step = (sequence: number) => ({
  type: 'step',
  runId: 'r',
  sequence,
  time: 0,
  step: sequence,
  epoch: 1,
  loss: 1,
  accuracy: 0.5,
  learningRate: 0.1,
  imagesPerSecond: 9,
})

let asked: [string, unknown][]
let listeners: Map<string, (payload: unknown) => void>
let answers: Record<string, unknown>

beforeEach(() => {
  asked = []
  listeners = new Map()
  answers = { 'dataset.snapshot': snapshot, 'dataset.pictures': page, 'run.list': [] }
  vi.stubGlobal('restage', {
    call: async (name: string, input: unknown) => {
      asked.push([name, input])
      const value = answers[name] ?? null
      return value instanceof Error
        ? { ok: false, code: 'run-active', details: {}, message: value.message, hint: 'Wait.' }
        : { ok: true, value }
    },
    on: (name: string, listener: (payload: unknown) => void) => {
      listeners.set(name, listener)
      return () => listeners.delete(name)
    },
    pathsOf: () => [],
  })
  setActivePinia(createPinia())
})

const emit = (name: string, payload: unknown) => listeners.get(name)?.(payload)

describe('dataset', () => {
  test('a change is applied; one that skips a revision fetches everything again', async () => {
    const dataset = useDataset()
    await dataset.load()
    const { classes } = snapshot
    emit('dataset.changed', {
      revision: 2,
      classes,
      pictures: packPictures([picture('1', 'a')]),
      removed: [],
      canUndo: true,
      canRedo: false,
    })
    expect(dataset.countsOf('a').total).toBe(2)
    expect(dataset.snapshot?.canUndo).toBe(true)
    emit('dataset.changed', {
      revision: 9,
      classes,
      pictures: packPictures([]),
      removed: ['2'],
      canUndo: true,
      canRedo: false,
    })
    expect(dataset.pictures).toHaveLength(4)
    expect(asked.filter(([name]) => name === 'dataset.snapshot')).toHaveLength(2)
  })
})

describe('selection', () => {
  test('click, range, toggle; labelling asks once and moves on', async () => {
    await useDataset().load()
    const selection = useSelection()
    selection.click('1')
    selection.click('3', 'range')
    expect(selection.ids).toEqual(['1', '2', '3'])
    selection.click('2', 'toggle')
    expect(selection.ids).toEqual(['1', '3'])
    await selection.labelAndMoveOn('b')
    expect(asked[asked.length - 1]).toEqual([
      'dataset.set',
      { groups: [{ pictures: ['1', '3'], to: { classId: 'b' } }] },
    ])
    expect(selection.ids).toEqual(['4'])
  })

  test('filters by label and by part of a class name', async () => {
    await useDataset().load()
    const selection = useSelection()
    selection.filter.show = 'unlabelled'
    expect(selection.visible.map(({ id }) => id)).toEqual(['1', '3'])
    selection.filter.show = 'all'
    selection.filter.text = 'be'
    expect(selection.visible.map(({ id }) => id)).toEqual(['4'])
  })
})

describe('runs', () => {
  test('history and live events overlap without repeats', async () => {
    const runs = useRuns()
    answers['run.history'] = [step(0), step(1)]
    emit('run.event', step(1))
    emit('run.event', step(2))
    await runs.follow('r')
    runs.flush()
    expect(runs.state?.steps.map(({ sequence }) => sequence)).toEqual([0, 1, 2])
    expect(runs.active).toBe(true)
  })

  test('a refusal becomes a notice, not an exception', async () => {
    answers['run.pause'] = new Error('A training is already going on.')
    await useRuns().pause()
    expect(useNotices().list).toMatchObject([{ kind: 'error', code: 'run-active', hint: 'Wait.' }])
    expect(useRuns().asking).toBe(null)
  })
})

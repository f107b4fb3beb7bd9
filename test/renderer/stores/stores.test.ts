// @vitest-environment happy-dom
// The stores against a scripted engine: what they ask, and what they make of its answers.
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { watch } from 'vue'
import { useDataset } from '../../../renderer/stores/dataset'
import { useNotices } from '../../../renderer/stores/notices'
import { useRuns } from '../../../renderer/stores/runs'
import { usePreferences } from '../../../renderer/stores/preferences'
import { useSelection } from '../../../renderer/stores/selection'
import { useSuggestions } from '../../../renderer/stores/suggestions'
import type { DatasetChange } from '../../../shared/dataset'
import { packPictures } from '../../../shared/pictureColumns'
import { fakeRestage, type FakeRestage } from '../fakeRestage'
import { changeOf, picture, snapshotOf } from './pictures'

const pictures = [
  picture('1'),
  picture('2', { classId: 'a' }),
  picture('3'),
  picture('4', { classId: 'b' }),
]
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

let asked: FakeRestage['asked']
let emit: FakeRestage['emit']
let answers: Record<string, unknown>

beforeEach(() => {
  localStorage.clear()
  answers = {
    'dataset.snapshot': snapshotOf(pictures),
    'dataset.pictures': { revision: 1, from: 0, total: 4, pictures: packPictures(pictures) },
    'run.list': [],
  }
  ;({ asked, emit } = fakeRestage(answers))
})

describe('dataset', () => {
  test('a change is applied; one that skips a revision fetches everything again', async () => {
    const dataset = useDataset()
    await dataset.load()
    emit('dataset.changed', changeOf(2, [picture('1', { classId: 'a' })], { canUndo: true }))
    expect(dataset.picture('1')?.classId).toBe('a')
    expect(dataset.countsOf('a').total).toBe(1)
    expect(dataset.snapshot?.canUndo).toBe(true)
    emit('dataset.changed', changeOf(9, [], { removed: ['2'] }))
    await vi.waitFor(() => expect(dataset.picture('1')?.classId).toBe(null))
    expect(dataset.pictures).toHaveLength(4)
    expect(asked.filter(([name]) => name === 'dataset.snapshot')).toHaveLength(2)
  })

  test('what changes while pages are fetched is not lost, and a removal fetches anew', async () => {
    const dataset = useDataset()
    const page = answers['dataset.pictures']
    const times = (name: string) => asked.filter((each) => each[0] === name).length
    const loadDuring = async (change: DatasetChange) => {
      let arrive!: (value: unknown) => void
      answers['dataset.pictures'] = new Promise((resolve) => (arrive = resolve))
      const before = times('dataset.pictures')
      const loading = dataset.load()
      await vi.waitFor(() => expect(times('dataset.pictures')).toBe(before + 1))
      emit('dataset.changed', change)
      arrive(page)
      await loading
    }
    await loadDuring(changeOf(2, [picture('3', { classId: 'b' })]))
    expect(dataset.picture('3')?.classId).toBe('b')
    expect(dataset.revision).toBe(2)
    expect(times('dataset.snapshot')).toBe(1)
    await loadDuring(changeOf(2, [], { removed: ['2'] }))
    expect(times('dataset.snapshot')).toBe(3)
  })

  test('many changes at once are told together', async () => {
    const dataset = useDataset()
    await dataset.load()
    let told = 0
    watch(
      () => dataset.pictures.length && dataset.picture('1')?.classId,
      () => told++,
      { flush: 'sync' },
    )
    await new Promise((resolve) => setTimeout(resolve, 40))
    for (let revision = 2; revision < 52; revision++)
      emit('dataset.changed', changeOf(revision, [picture('1', { classId: `c${revision}` })]))
    expect(told).toBe(1)
    await vi.waitFor(() => expect(told).toBe(2))
    expect(dataset.picture('1')?.classId).toBe('c51')
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
      'dataset.edit',
      { type: 'set', groups: [{ ids: '1/3', to: { classId: 'b' } }] },
    ])
    expect(selection.ids).toEqual(['4'])
  })

  test('labelling stays where it is when moving on is not wished', async () => {
    await useDataset().load()
    const selection = useSelection()
    usePreferences().moveOn = false
    selection.click('1')
    await selection.labelAndMoveOn('b')
    expect(selection.ids).toEqual(['1'])
  })

  test('the end is reached also where nothing has the focus; other steps begin at the front', async () => {
    await useDataset().load()
    const selection = useSelection()
    selection.move(Infinity)
    expect(selection.focused).toBe('4')
    selection.focused = null
    selection.move(1)
    expect(selection.focused).toBe('1')
  })

  test('everything, inverted, walked over without selecting, and a second range added', async () => {
    await useDataset().load()
    const selection = useSelection()
    selection.click('2')
    selection.invert()
    expect(selection.ids).toEqual(['1', '3', '4'])
    selection.selectAll()
    expect(selection.ids).toHaveLength(4)
    selection.click('1')
    selection.move(2, 'focus')
    expect([selection.focused, ...selection.ids]).toEqual(['3', '1'])
    selection.click('3', 'toggle')
    selection.click('4', 'add-range')
    expect(selection.ids).toEqual(['1', '3', '4'])
  })

  const shown = () => {
    const selection = useSelection()
    return Array.from({ length: selection.count }, (_, index) => selection.at(index).id)
  }

  test('filters by label and by part of a class name', async () => {
    await useDataset().load()
    const { filter } = useSelection()
    filter.show = 'unlabelled'
    expect(shown()).toEqual(['1', '3'])
    filter.show = 'all'
    filter.text = 'be'
    expect(shown()).toEqual(['4'])
  })

  test('a finding shows its pictures alone in its order, until everything is shown again', async () => {
    await useDataset().load()
    const selection = useSelection()
    selection.showOnly(['4', '2'], 'Twins')
    expect(shown()).toEqual(['4', '2'])
    expect(selection.ids).toEqual(['4', '2'])
    selection.columns = 2
    expect(selection.focusedRow()).toEqual(['4', '2'])
    selection.showAll()
    expect(shown()).toEqual(['1', '2', '3', '4'])
  })
})

describe('suggestions', () => {
  test('only sure ones show, and a row is accepted in one step', async () => {
    answers['suggest.prepare'] = {
      state: 'ready',
      weights: 'starter',
      done: 4,
      total: 4,
      message: null,
    }
    answers['suggest.labels'] = {
      learntFrom: 2,
      suggestions: [
        { picture: '1', classId: 'a', confidence: 0.95 },
        { picture: '3', classId: 'b', confidence: 0.7 },
      ],
    }
    const suggestions = useSuggestions()
    await useDataset().load()
    usePreferences().suggest = true
    await suggestions.sortBySuggestion()
    expect([suggestions.of('1')?.classId, suggestions.of('3')]).toEqual(['a', undefined])
    expect(await suggestions.accept(['1', '3', '2'])).toBe(1)
    suggestions.threshold = 0.6
    expect(await suggestions.accept(['1', '3', '2'])).toBe(2)
    expect(asked[asked.length - 1]).toEqual([
      'dataset.edit',
      {
        type: 'set',
        groups: [
          { ids: '1', to: { classId: 'a' } },
          { ids: '3', to: { classId: 'b' } },
        ],
      },
    ])
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
    expect([...(runs.state?.steps.column('sequence') ?? [])]).toEqual([0, 1, 2])
    expect(runs.active).toBe(true)
  })

  test('the last two notes are kept, and what went wrong beside them', () => {
    const notices = useNotices()
    notices.failed({ code: 'bug', details: {}, message: 'wrong', hint: '' })
    for (const message of ['one', 'two', 'three', 'three']) notices.tell(message)
    expect(notices.list.map(({ message }) => message)).toEqual(['wrong', 'two', 'three'])
  })

  test('a refusal becomes a notice, not an exception', async () => {
    answers['run.pause'] = new Error('A training is already going on.')
    await useRuns().pause()
    expect(useNotices().list).toMatchObject([{ kind: 'error', code: 'bad-input', hint: 'Wait.' }])
    expect(useRuns().asking).toBe(null)
  })
})

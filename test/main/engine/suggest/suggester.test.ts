// From pictures on disk to suggestions, with the starter backbone: requests before, while and
// after features are computed; a run has exclusive use of the cache.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDataset, type Dataset } from '../../../../main/engine/dataset/dataset'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { openBackbone } from '../../../../main/engine/features/openBackbone'
import { Suggester } from '../../../../main/engine/suggest/suggester'
import type { SuggestState } from '../../../../shared/suggest'
import { makeHome } from '../training/leafRun'

let root = ''
let dataset: Dataset
const states: SuggestState[] = []
const open = () =>
  new Suggester({
    home: makeHome(root),
    precision: async () => 'float32',
    dataset: () => dataset,
    onState: (state) => states.push(state),
  })
const reached = async (suggester: Suggester, state: SuggestState['state']) => {
  while (suggester.state.state !== state) {
    if (suggester.state.state === 'failed') throw new Error(suggester.state.message ?? 'failed')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'suggester-'))
  await drawLeaves(join(root, 'leaves'), { perClass: 12, size: 96 })
  dataset = await openDataset({
    folder: join(root, 'project'),
    projectId: 'p',
    projectName: 'Leaves',
  })
  await dataset.add({ paths: [join(root, 'leaves')], classId: null })
})
afterAll(async () => {
  await dataset.close()
  rmSync(root, { recursive: true, force: true })
})

describe('the suggester', () => {
  it('has no answers before features, and says when they are there', async () => {
    const suggester = open()
    const { id } = dataset.all()[0]!
    expect(suggester.state.state).toBe('idle')
    expect(await suggester.similar(id, 5)).toEqual([])
    expect(await suggester.labels(0)).toEqual({ learntFrom: 0, suggestions: [] })
    expect(suggester.prepare('starter')).toMatchObject({ state: 'computing', weights: 'starter' })
    await reached(suggester, 'ready')
    const count = dataset.all().length
    expect(suggester.state).toMatchObject({ done: count, total: count })
    expect((await suggester.similar(id, 5)).length).toBe(5)
    expect(suggester.likeness(id, id)).toBeCloseTo(1, 5)
  })

  it('suggests the classes of pictures without one, and what to label next', async () => {
    const suggester = open()
    suggester.prepare('starter')
    await reached(suggester, 'ready')
    const pictures = dataset.all()
    const hidden = pictures.filter((_, i) => i % 3 === 0)
    const truth = new Map(hidden.map(({ id, classId }) => [id, classId]))
    await dataset.edit({
      type: 'set',
      groups: [{ pictures: hidden.map(({ id }) => id), to: { classId: null } }],
    })
    const { learntFrom, suggestions } = await suggester.labels(0)
    expect(learntFrom).toBe(pictures.length - hidden.length)
    expect(suggestions.length).toBe(hidden.length)
    const right = suggestions.filter(({ picture, classId }) => truth.get(picture) === classId)
    expect(right.length / hidden.length).toBeGreaterThan(0.6)
    const values = suggestions.map(({ confidence }) => confidence)
    expect(values).toEqual([...values].sort((a, b) => b - a))
    const sure = await suggester.labels(values[4]!)
    expect(sure.suggestions).toEqual(suggestions.slice(0, sure.suggestions.length))
    expect(sure.suggestions.length).toBeGreaterThanOrEqual(5)

    const next = await suggester.next(6)
    expect(new Set(next).size).toBe(6)
    for (const id of next) expect(truth.has(id)).toBe(true)
    expect(await suggester.next(6)).toEqual(next)
    await dataset.edit({ type: 'undo' })
    expect((await suggester.labels(0)).suggestions).toEqual([])
  })

  it('doubts a wrong label, and offers the class it looks like', async () => {
    const suggester = open()
    suggester.prepare('starter')
    expect(await suggester.mislabels()).toEqual([])
    await reached(suggester, 'ready')
    const { classes } = dataset.snapshot()
    const pictures = dataset.all()
    // From the classes that are easiest to distinguish.
    const wrong = pictures.find(({ classId }) => classId === classes[0]!.id)!
    const before = (await suggester.mislabels()).map((finding) => finding.pictures[0])
    await dataset.edit({
      type: 'set',
      groups: [{ pictures: [wrong.id], to: { classId: classes[1]!.id } }],
    })
    const findings = await suggester.mislabels()
    await dataset.edit({ type: 'undo' })
    const found = findings.find((finding) => finding.pictures[0] === wrong.id)
    expect(before).not.toContain(wrong.id)
    expect(found).toMatchObject({
      kind: 'mislabel',
      repairs: [{ type: 'label', pictures: [wrong.id] }, { type: 'exclude' }],
    })
  })

  it('looks closer at a picture too, unless there are very many', async () => {
    const lengthFor = async (pictures: number) => {
      const features = await openBackbone({
        home: makeHome(root),
        weights: 'starter',
        precision: 'float32',
        pictures,
        hash: dataset.hash,
      })
      await features.close()
      return features.length
    }
    expect(await lengthFor(100)).toBe(512)
    expect(await lengthFor(60_000)).toBe(256)
  })

  it('makes way for a run and goes on after it', async () => {
    const suggester = open()
    states.length = 0
    suggester.prepare('starter')
    await suggester.hold()
    expect(suggester.state.state).toBe('waiting')
    expect(suggester.prepare('starter').state).toBe('waiting')
    suggester.release()
    await reached(suggester, 'ready')
    await suggester.forget()
    expect(suggester.state).toMatchObject({ state: 'idle', weights: null })
    expect(states.map(({ state }) => state)).toContain('waiting')
  })

  it('says why it failed', async () => {
    const suggester = open()
    suggester.prepare(join(root, 'no-such-file.pth'))
    while (suggester.state.state === 'computing')
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(suggester.state).toMatchObject({ state: 'failed' })
    expect(suggester.state.message).toMatch(/no-such-file/)
  })
})

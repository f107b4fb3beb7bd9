// Whatever is edited after a run, a photo that it trained on never passes for one it has not seen.
import { describe, expect, it } from 'vitest'
import {
  photosToJudge,
  type PhotoNow,
  type PhotoThen,
} from '../../../../main/engine/evaluation/photosToJudge'

const then = (name: string, label: number): PhotoThen => ({
  id: name,
  path: `/photos/${name}.jpg`,
  label,
  hash: `hash of ${name}`,
})
const run = {
  classes: ['ants', 'bees'],
  train: [then('a1', 0), then('b1', 1)],
  val: [then('a2', 0)],
  test: [then('b9', 1)],
}
const now = (name: string, className: string, rest: Partial<PhotoNow> = {}): PhotoNow => ({
  id: name,
  path: `/photos/${name}.jpg`,
  className,
  split: null,
  hash: `hash of ${name}`,
  ...rest,
})
const only = (photo: PhotoNow) => photosToJudge(run, [photo])[0]

describe('a photo that trained', () => {
  it.each([
    ['in another split', now('a1', 'ants', { split: 'val' })],
    ['under another label', now('a1', 'bees')],
    ['elsewhere, under another id', now('a1', 'ants', { id: 'x', path: '/moved/1.jpg' })],
    ['before its content is read', now('a1', 'ants', { hash: null })],
  ])('still trained: %s', (_, photo) => {
    expect(only(photo)).toMatchObject({ role: 'trained', place: 0, addedSince: false })
  })

  it('carries today’s label', () => {
    expect(only(now('a1', 'bees'))).toMatchObject({ label: 1, relabelled: true })
  })
})

it('a photo that validated chose the model', () => {
  expect(only(now('a2', 'ants'))).toMatchObject({ role: 'chose', place: 2 })
})

it.each([
  ['added later', now('new', 'ants'), true],
  ['held for the test', now('b9', 'bees'), false],
  ['replaced by another at its place', now('a1', 'ants', { hash: 'hash of another' }), true],
])('is unseen: %s', (_, photo, addedSince) => {
  expect(only(photo)).toMatchObject({ role: 'unseen', place: null, addedSince })
})

it('a copy of a training photo is no new photo', () => {
  const copy = now('copy', 'ants', { hash: 'hash of b1' })
  expect(only(copy)).toMatchObject({ role: 'trained', place: 1, relabelled: true })
})

it('classes that the run has not learned are left out', () => {
  expect(photosToJudge(run, [now('w', 'wasps')])).toEqual([])
})

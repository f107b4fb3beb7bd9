// Which photos two runs are compared on, and what that says.
import { expect, it } from 'vitest'
import { betterOf, pairedPhotos, type JudgedPhoto } from '../../shared/pairedRuns'

const photo = (id: string, right: boolean, more: Partial<JudgedPhoto> = {}): JudgedPhoto => ({
  ...{ id, hash: `hash-${id}`, className: 'ant', right },
  ...more,
})
const judged = (photos: readonly JudgedPhoto[], taught: readonly { id: string }[] = []) => ({
  judged: photos,
  taught,
})

it('pairs photos by content, wherever they lie, and by id where content is not known', () => {
  const first = [photo('a', true), photo('b', false), photo('c', true, { hash: null })]
  const second = [
    photo('moved', false, { hash: 'hash-a' }),
    photo('b', true),
    photo('c', true),
    photo('d', true),
  ]
  expect(pairedPhotos(judged(first), judged(second))).toMatchObject({
    ...{ photos: 3, onlyFirst: 1, onlySecond: 1 },
  })
})

it('leaves out what taught either, what was relabelled and what has changed in place', () => {
  const photos = ['a', 'b', 'c', 'd'].map((id) => photo(id, true))
  const other = [
    photo('a', false),
    photo('b', false, { className: 'bee' }),
    photo('c', false, { hash: 'another' }),
    photo('d', false),
  ]
  const taught = [{ id: 'x', hash: 'hash-a' }]
  expect(pairedPhotos(judged(photos, taught), judged(other))).toMatchObject({ photos: 1 })
  expect(pairedPhotos(judged(photos), judged(other, taught))).toMatchObject({ photos: 1 })
})

it('counts a copy once', () => {
  const copies = [photo('a', true), photo('copy', true, { hash: 'hash-a' })]
  expect(pairedPhotos(judged(copies), judged([photo('a', true)]))).toMatchObject({ photos: 1 })
})

it('is no difference where chance makes as large a one in one of twenty comparisons', () => {
  const of = (onlyFirst: number, onlySecond: number) => {
    const row = (right: boolean, n: number) => Array.from({ length: n }, () => right)
    const rights = [...row(true, onlyFirst), ...row(false, onlySecond)]
    const photos = (flip: boolean) => rights.map((right, i) => photo(`${i}`, right !== flip))
    return betterOf(pairedPhotos(judged(photos(false)), judged(photos(true))))
  }
  expect(of(5, 0)).toBeNull()
  expect(of(6, 0)).toBe('first')
  expect(of(1, 9)).toBe('second')
  expect(of(0, 0)).toBeNull()
})

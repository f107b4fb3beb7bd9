// Findings about classes and changed files, and that a repair mends what it is offered for.
import { describe, expect, it } from 'vitest'
import {
  changed,
  imbalance,
  tinyClasses,
} from '../../../../../main/engine/dataset/checks/healthFindings'
import type { Picture } from '../../../../../shared/dataset'

const picture = (id: string, to: Partial<Picture> = {}): Picture => ({
  id,
  path: `/${id}.jpg`,
  name: `${id}.jpg`,
  classId: null,
  split: null,
  excluded: false,
  reviewed: false,
  file: 'present',
  problem: null,
  width: 40,
  height: 30,
  bytes: 1,
  modified: 1,
  ...to,
})
const classes = ['ant', 'bee', 'fly'].map((id) => ({ id, name: id, colour: null }))
const set = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).flatMap(([classId, count]) =>
    Array.from({ length: count }, (_, at) => picture(`${classId}${at}`, { classId })),
  )
/** What is left of the pictures once a repair was made. */
const without = (pictures: readonly Picture[], out: readonly string[]) =>
  pictures.filter(({ id }) => !out.includes(id))

describe('imbalance', () => {
  it('is mended by leaving out what is too many, spread over the class', () => {
    const pictures = set({ ant: 200, bee: 12, fly: 20 })
    const [finding] = imbalance(classes, pictures)
    expect(finding!.facts).toMatchObject({ name: 'bee', largest: 'ant', largestCount: 200 })
    const out = finding!.repairs.flatMap((repair) => repair.pictures)
    expect(out).toHaveLength(200 - 59)
    expect(out.every((id) => id.startsWith('ant'))).toBe(true)
    // Of the first half as many as of the second, but for one.
    const late = out.filter((id) => Number(id.slice(3)) >= 100).length
    expect(Math.abs(2 * late - out.length)).toBeLessThanOrEqual(2)
    expect(imbalance(classes, without(pictures, out))).toEqual([])
  })

  it('by a class too small to learn from is mended by leaving that out', () => {
    const pictures = set({ ant: 60, bee: 3, fly: 40 })
    const [finding] = imbalance(classes, pictures)
    const out = pictures.filter(({ classId }) => classId === 'bee').map(({ id }) => id)
    expect(finding!.repairs).toEqual([{ type: 'exclude', pictures: out }])
    expect(tinyClasses(classes, pictures)[0]!.repairs).toEqual(finding!.repairs)
    expect(imbalance(classes, without(pictures, out))).toEqual([])
    expect(tinyClasses(classes, without(pictures, out))).toEqual([])
  })

  it('of two classes leaves none out', () => {
    const pictures = set({ ant: 60, bee: 3 })
    expect(tinyClasses(classes, pictures)).toMatchObject([{ facts: { name: 'bee' }, repairs: [] }])
    expect(imbalance(classes, pictures)).toMatchObject([{ repairs: [] }])
  })
})

it('a changed file is told of until it was reviewed', () => {
  expect(changed(picture('1'))).toEqual([])
  expect(changed(picture('1', { file: 'changed', reviewed: true }))).toEqual([])
  expect(changed(picture('1', { file: 'changed' }))).toMatchObject([
    { kind: 'changed', pictures: ['1'], repairs: [{ type: 'review' }, { type: 'exclude' }] },
  ])
})

// What a few typed letters mean.
import { expect, test } from 'vitest'
import { matchClasses } from '../../../../renderer/data/classes/matchClasses'

const classes = ['Honey bee', 'Ant', 'Beetle', 'Rabbet', '벌'].map((name, at) => ({
  id: String(at),
  name,
  colour: null,
}))
const found = (typed: string) => matchClasses(classes, typed).map(({ name }) => name)

test('beginnings come before words, and words before what is inside', () => {
  expect(found('be')).toEqual(['Beetle', 'Honey bee', 'Rabbet'])
  expect(found(' BEE ')).toEqual(['Beetle', 'Honey bee'])
  expect(found('벌')).toEqual(['벌'])
  expect(found('zebra')).toEqual([])
  expect(found('')).toHaveLength(5)
})

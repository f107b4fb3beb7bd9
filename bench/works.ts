// Every work, in the order they run.
import type { Work } from './work'
import { antsBees } from './works/antsBees'
import { cachedLayer3 } from './works/cachedLayer3'
import { decode } from './works/decode'
import { features50 } from './works/features50'
import { memory } from './works/memory'
import { profile18 } from './works/profile18'
import { sets } from './works/sets'
import { train18 } from './works/train18'

export const works: readonly Work[] = [
  train18,
  features50,
  cachedLayer3,
  decode,
  antsBees,
  memory,
  sets,
  profile18,
]

/** @throws Error that names what there is, when one of the names is no work */
export function chosenWorks(only: string | undefined): readonly Work[] {
  if (only === undefined) return works.filter(({ onlyWhenNamed }) => !onlyWhenNamed)
  const names = only.split(',').map((name) => name.trim())
  const known = works.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Error(`There is no work "${unknown}"; there are ${known.join(', ')}`)
  return works.filter(({ name }) => names.includes(name))
}

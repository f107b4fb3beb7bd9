// `node bench/run.mjs suggest [mislabels] [order] [duplicates] [starter] [resnet50v2] [ants-bees]
// [cifar10-sample] [11-20]`: the numbers of the data room's suggestions and checks on real pictures, over
// seeds 1 to 5 or those named, printed as they come; the names of sets narrow the order alone.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labelledFolder } from '../../main/engine/dataset/labelledFolder'
import { labelOrder, type LabelOrder } from './labelOrder'
import { plantedDuplicates } from './plantedDuplicates'
import { plantedMislabels } from './plantedMislabels'
import { backbones, realSet, setFolder, type BackboneName } from './realSet'

const asked = process.argv.slice(2)
const [from, to] = (asked.find((word) => /^\d+-\d+$/.test(word)) ?? '1-5').split('-').map(Number)
const seeds = Array.from({ length: to! - from! + 1 }, (_, i) => from! + i)
const wants = (name: string, among: readonly string[]) =>
  asked.includes(name) || !among.some((other) => asked.includes(other))
const parts = ['mislabels', 'order', 'duplicates']
const sets = ['ants-bees', 'cifar10-sample']
const names = Object.keys(backbones) as BackboneName[]
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const say = (line: string) => process.stdout.write(`${line}\n`)

async function mislabels(backbone: BackboneName) {
  const set = await realSet('ants-bees', backbone)
  const started = Date.now()
  const found: number[] = []
  for (const seed of seeds) found.push(await plantedMislabels(set, seed))
  const seconds = ((Date.now() - started) / 1000 / seeds.length).toFixed(2)
  say(`mislabels   ${backbone}: ${found.join(' ')} of 50 in the first 60, ${seconds} s a check`)
}

async function order(backbone: BackboneName) {
  for (const name of sets.filter((set) => wants(set, sets)))
    for (const bursts of [false, true]) {
      const set = await realSet(name, backbone, { bursts })
      for (const tail of [1, 0.1]) {
        const results: LabelOrder[] = []
        for (const seed of seeds) results.push(await labelOrder({ set, seed, tail }))
        const line = (['ordered100', 'random100', 'random200', 'random300'] as const).map((key) => {
          const values = results.map((result) => result[key])
          return `${key} ${mean(values).toFixed(3)} (${values.map((v) => v.toFixed(2)).join(' ')})`
        })
        const pool = mean(results.map((result) => result.pool)).toFixed(0)
        const setting = `${bursts ? ', bursts' : ''}${tail < 1 ? ', long tail' : ''}`
        say(`order       ${backbone}, ${name}${setting}, pool of ${pool}: ${line.join('; ')}`)
      }
    }
}

async function duplicates(backbone: BackboneName | null) {
  const folder = await mkdtemp(join(tmpdir(), 'planted-'))
  try {
    const originals = (await labelledFolder(setFolder('cifar10-sample'))).map(({ path }) => path)
    const result = await plantedDuplicates({ originals, folder, perKind: 100, seed: 1, backbone })
    const found = Object.entries(result.found).map(([kind, count]) => `${kind} ${count}`)
    say(
      `duplicates  ${backbone ?? 'hash alone'}: of 100 each, ${found.join(', ')}; ` +
        `${result.falseAlarms} of ${originals.length} untouched in groups with others`,
    )
    for (const group of result.alarms) say(`            ${group.join(' ')}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function main() {
  const chosen = names.filter((name) => wants(name, names))
  if (wants('duplicates', parts)) await duplicates(null)
  for (const backbone of chosen) {
    if (wants('duplicates', parts)) await duplicates(backbone)
    if (wants('mislabels', parts)) await mislabels(backbone)
    if (wants('order', parts)) await order(backbone)
  }
}

void main()

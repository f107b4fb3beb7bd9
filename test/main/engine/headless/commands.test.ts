// What the command line does with photos that a run may know: copies, moved folders, classes added since.
import { copyFileSync, cpSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drawLeaves } from '../../../../main/engine/leaves/leaves'
import { trainFolder } from '../../../../main/engine/headless/commands'
import { evaluate } from '../../../../main/engine/headless/evaluateFolder'
import { readSamples } from '../../../../main/engine/runFiles/storedSamples'
import { temporaryFolder } from '../weights/temporaryFolder'
import { assets } from '../training/leafRun'

const { folder: root } = temporaryFolder()
const before = { home: process.env.RESTAGE_HOME, assets: process.env.RESTAGE_ASSETS }
const leaves = join(root, 'leaves')
const options = (out: string, more: object = {}) =>
  ({
    ...{
      out: join(root, out),
      weights: 'none',
      architecture: 'resnet20',
      size: '32',
      batch: '4',
      epochs: '2',
    },
    ...{ freeze: 'stem,layer1,layer2', precision: 'float32', val: undefined, ...more },
  }) as never

beforeAll(async () => {
  process.env.RESTAGE_HOME = join(root, 'home')
  process.env.RESTAGE_ASSETS = assets
  mkdirSync(process.env.RESTAGE_HOME, { recursive: true })
  await drawLeaves(leaves, { perClass: 8, size: 64 })
})
afterAll(() => {
  for (const [name, value] of [
    ['RESTAGE_HOME', before.home],
    ['RESTAGE_ASSETS', before.assets],
  ] as const)
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
})

const splitOf = async (out: string) => {
  const { train, val } = (await readSamples(join(root, out)))!
  const hashes = (list: typeof train) => list.map(({ hash }) => hash)
  return { train: hashes(train), val: hashes(val), samples: [...train, ...val] }
}

it('copies and near copies stay on one side on the first run, and the second draws alike', async () => {
  const folder = join(root, 'copies')
  cpSync(leaves, folder, { recursive: true })
  const twins: [string, string][] = []
  for (const name of readdirSync(folder))
    for (const file of readdirSync(join(folder, name))) {
      const path = join(folder, name, file)
      copyFileSync(path, join(folder, name, `copy-${file}`))
      const small = join(folder, name, `small-${file.replace(/\.\w+$/, '.png')}`)
      await sharp(path).resize(56).png().toFile(small)
      twins.push([path, small])
    }
  await trainFolder(folder, options('first'))
  const first = await splitOf('first')
  const val = new Set(first.val)
  expect(val.size).toBeGreaterThan(0)
  expect(first.train.filter((hash) => val.has(hash))).toEqual([])
  const group = new Map(first.samples.map(({ path, group }) => [path, group]))
  const together = twins.filter(([one, other]) => group.get(one) === group.get(other))
  expect(together.length).toBe(twins.length)
  await trainFolder(folder, options('second'))
  expect(await splitOf('second')).toEqual(first)
})

it('a moved folder draws the same photos and trains to the same end', async () => {
  const { epochs } = await trainFolder(leaves, options('here', { augment: 'flip=horizontal' }))
  const there = join(root, 'elsewhere', 'other name')
  cpSync(leaves, there, { recursive: true })
  const moved = await trainFolder(there, options('there', { augment: 'flip=horizontal' }))
  const losses = (list: typeof epochs) => list.map(({ trainLoss, valLoss }) => [trainLoss, valLoss])
  expect(losses(moved.epochs)).toEqual(losses(epochs))
  const [one, other] = [await splitOf('here'), await splitOf('there')]
  expect(other.val).toEqual(one.val)
})

it('--resume takes photos and classes from the run: a class added, a photo gone, the folder moved', async () => {
  const folder = join(root, 'resumed')
  cpSync(leaves, folder, { recursive: true })
  await trainFolder(folder, options('again'))
  const wanted = await splitOf('again')
  const moved = join(root, 'moved')
  renameSync(folder, moved)
  mkdirSync(join(moved, 'Aspen'))
  const [first] = readdirSync(moved).filter((name) => name !== 'Aspen')
  const [file, gone] = readdirSync(join(moved, first!))
  await sharp(join(moved, first!, file!))
    .negate()
    .png()
    .toFile(join(moved, 'Aspen', '1.png'))
  renameSync(join(moved, first!, gone!), join(root, 'gone'))
  const { run } = await trainFolder(moved, options('again', { resume: true }))
  expect((await readSamples(run))!.classes).not.toContain('Aspen')
  expect((await splitOf('again')).val).toEqual(wanted.val)
  const { accuracy } = await evaluate(run, moved)
  expect(accuracy).toBeGreaterThanOrEqual(0)
})

it('evaluate says what the photos did in the run, wherever they lie now', async () => {
  await trainFolder(leaves, options('judged'))
  const copy = join(root, 'copied')
  cpSync(leaves, copy, { recursive: true })
  const { train, val, samples } = await splitOf('judged')
  const all = await evaluate(join(root, 'judged'), copy)
  expect(all.basis).toMatchObject({ chose: val.length, leftOut: train.length, trained: 0 })
  expect(all.judgedOn).toContain(`${train.length} left out because it trained on them`)
  const taught = join(root, 'taught')
  for (const { path, hash } of samples)
    if (train.includes(hash)) {
      const [name, file] = path.split('/').slice(-2) as [string, string]
      mkdirSync(join(taught, name), { recursive: true })
      copyFileSync(path, join(taught, name, file))
    }
  const only = await evaluate(join(root, 'judged'), taught)
  expect(only.basis).toMatchObject({ trained: train.length, leftOut: 0 })
  expect(only.judgedOn).toContain('no measure of new photos')
})

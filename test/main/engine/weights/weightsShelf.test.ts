// Weights of the catalogue count as here only while they are the published files.
import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { findInCatalogue } from '../../../../main/engine/weights/catalogue'
import { startingWeights, weightsPath } from '../../../../main/engine/weights/startingWeights'
import { WeightsShelf } from '../../../../main/engine/weights/weightsShelf'
import { failureOf, temporaryFolder } from './temporaryFolder'

const { path } = temporaryFolder()
const starter = findInCatalogue('starter')!
const resnet18 = findInCatalogue('resnet18-imagenet')!
const home = { folder: path('home'), assets: path('app/assets') }
const shelf = new WeightsShelf(home, () => undefined)
const stateOf = async (wanted: string) =>
  (await shelf.list()).find(({ id }) => id === wanted)?.state

it('a changed bit, or any file under the right name, is not the published one', async () => {
  const file = weightsPath(home, starter)
  mkdirSync(dirname(file), { recursive: true })
  copyFileSync(join(process.cwd(), 'assets', 'starter', file.slice(dirname(file).length + 1)), file)
  expect(await stateOf('starter')).toBe('here')
  const config = { weights: 'starter', architecture: null, cut: null, seed: 0 }
  expect((await startingWeights(home, config)).architecture).toBe('resnet18')

  const bytes = readFileSync(file)
  bytes[bytes.length - 1] = bytes[bytes.length - 1]! ^ 1
  writeFileSync(file, bytes)
  utimesSync(file, 1, 1)
  expect(await stateOf('starter')).toBe('downloadable')
  expect((await failureOf(startingWeights(home, config))).code).toBe('weights-damaged')
  expect((await failureOf(shelf.download('starter'))).code).toBe('weights-damaged')

  mkdirSync(dirname(weightsPath(home, resnet18)), { recursive: true })
  writeFileSync(weightsPath(home, resnet18), 'half a download')
  expect(await stateOf('resnet18-imagenet')).toBe('downloadable')
})

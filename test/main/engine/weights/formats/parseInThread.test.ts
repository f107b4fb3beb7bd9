// The thread that parses weights: the same tensors and failures as without it, and an end to whatever
// takes too long or too much memory.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { beforeAll, expect, it } from 'vitest'
import { parseInThread } from '../../../../../main/engine/weights/formats/parseInThread'
import { failureOf, temporaryFolder } from '../temporaryFolder'
import { unpacked } from './fixtures'
import { floats, global, pickle, zipFile } from './torchFixture'
import { describeReason, type Reason } from '../../../../../shared/reason'

const { path } = temporaryFolder()
const bundle = path('weightsWorker.cjs')
beforeAll(() =>
  build({
    entryPoints: ['main/engine/weights/formats/weightsWorker.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node16',
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href" },
  }),
)
const script = (name: string, text: string) => {
  writeFileSync(path(name), text)
  return pathToFileURL(path(name))
}
const zipped = () => Uint8Array.from(zipFile([floats('a', [1, 2], [2])]))

it('gives tensors back, of PyTorch and of Keras', async () => {
  const worker = pathToFileURL(bundle)
  const { tensors } = await parseInThread(worker, { format: 'zip', bytes: zipped(), path: 'x' })
  expect([...tensors]).toEqual([['a', { shape: [2], data: Float32Array.of(1, 2) }]])
  const bytes = Uint8Array.from(unpacked('keras-resnet50v2-notop.h5'))
  const keras = await parseInThread(worker, { format: 'hdf5', bytes, path: 'x.h5' })
  expect(keras.tensors.get('norm.weight')?.data.length).toBeGreaterThan(0)
})

it('gives failures back as they are', async () => {
  const bytes = Uint8Array.from(pickle(global('os', 'system')))
  const failure = await failureOf(
    parseInThread(pathToFileURL(bundle), { format: 'pickle', bytes, path: 'x' }),
  )
  expect(failure).toMatchObject({ code: 'weights-unsafe', details: { name: 'os.system' } })
})

it('ends what takes too long or too much memory', async () => {
  const input = () => ({ format: 'zip', bytes: zipped(), path: 'x' }) as const
  const endless = script('endless.cjs', 'for (;;);')
  const slow = await failureOf(parseInThread(endless, input(), { time: 300, megabytes: 64 }))
  expect(describeReason(slow.details.reason as Reason)).toBe('reading it takes too long')
  const hungry = script('hungry.cjs', 'const all = []; for (;;) all.push({ a: [1, 2, 3] })')
  const large = await failureOf(parseInThread(hungry, input(), { time: 30_000, megabytes: 64 }))
  expect(describeReason(large.details.reason as Reason)).toBe('reading it takes too much memory')
})

// One of the processes of twoWriters.test.ts: adds records to a cache that others add to at the same time,
// some of them the same. The test bundles this file and runs it on Node.
import { once } from 'node:events'
import { openFeatureCache } from '../../../../main/engine/features/featureCache'

async function main() {
  const [folder, from, count] = process.argv.slice(2)
  const values = 64
  const cache = await openFeatureCache({ folder: folder!, key: 'k', bytesPerRecord: values * 4 })
  process.stdout.write('open\n')
  await once(process.stdin, 'data')
  for (let at = Number(from); at < Number(from) + Number(count); at += 4) {
    const numbers = [0, 1, 2, 3].map((i) => at + i)
    const data = new Float32Array(numbers.flatMap((n) => Array<number>(values).fill(n)))
    await cache.append(
      numbers.map((n) => `h${n}`),
      data,
    )
    process.stdout.write(`${at + 4}\n`)
  }
  await cache.close()
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    process.exit(1)
  },
)

// One of the processes of twoEngines.test.ts: opens a project, edits it when told to, and keeps it open until
// it is killed.
import { once } from 'node:events'
import { openDataset } from '../../../../main/engine/dataset/dataset'

async function main() {
  const dataset = await openDataset({
    folder: process.argv[2]!,
    projectId: 'p',
    projectName: 'P',
  })
  process.stdout.write('open\n')
  await once(process.stdin, 'data')
  await dataset.edit({ type: 'addClass', id: 'c1', name: 'Cat' })
  process.stdout.write('edited\n')
  setInterval(() => undefined, 1000)
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exit(1)
})

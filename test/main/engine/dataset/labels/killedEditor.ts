// The process that killed.test.ts kills: edits a data set as fast as it can, by a seed, and says on
// stdout when each edit was answered. The test bundles this file and runs it on Node.
import { openDataset } from '../../../../../main/engine/dataset/dataset'
import { editsOf } from './killedEdits'

async function main() {
  const [folder, seed, from] = process.argv.slice(2)
  const dataset = await openDataset({
    folder: folder!,
    projectId: 'p',
    projectName: 'Killed',
    // A snapshot is being written for a good part of the time.
    snapshotEvery: { edits: 7, bytes: 1e9 },
  })
  const classIds = dataset.classes().map(({ id }) => id)
  const pictures = dataset.all().map(({ id }) => id)
  let number = 0
  for (const edit of editsOf(Number(seed), {
    pictures: pictures.length,
    classes: classIds.length,
  })) {
    if (number++ < Number(from)) continue
    switch (edit.type) {
      case 'undo':
        await dataset.edit({ type: 'undo' })
        break
      case 'redo':
        await dataset.edit({ type: 'redo' })
        break
      case 'label': {
        const chosen = edit.pictures.map((at) => pictures[at]!)
        await dataset.edit({
          type: 'set',
          groups: [{ pictures: chosen, to: { classId: classIds[edit.class]! } }],
        })
      }
    }
    process.stdout.write(`${number}\n`)
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exitCode = 1
})

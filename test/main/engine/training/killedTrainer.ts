// The process that killed.test.ts kills: trains, or goes on, and says on stdout what it has told. The
// test bundles this file and runs it on Node.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { samplesOf } from '../../../../main/engine/plan/samples'
import { labelledFolder } from '../../../../main/engine/dataset/labelledFolder'
import { runPaths } from '../../../../main/engine/runFiles/runFolder'
import { startRun } from '../../../../main/engine/training/startRun'
import { RunConfig } from '../../../../shared/runConfig'
import { steadyCosts } from '../plan/steadyCosts'

async function main() {
  const [folder, photos, assets, config] = process.argv.slice(2) as [string, string, string, string]
  const home = join(folder, '..', 'home')
  mkdirSync(join(home, 'cache'), { recursive: true })
  const { events } = await startRun({
    home: { folder: home, assets },
    runId: 'killed',
    folder,
    samples: samplesOf(await labelledFolder(photos), { seed: 1, valFraction: 0.25 }),
    resume: existsSync(runPaths(folder).run),
    precision: 'float32',
    costs: steadyCosts,
    versions: {},
    config: RunConfig.parse(JSON.parse(config)),
  })
  for await (const event of events) process.stdout.write(`${event.type}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
})

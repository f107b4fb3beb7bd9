// `npm run check`: formatting, lint, types and layers, without running any test.

import { setUp } from './setup.mjs'
import { runStaticChecks } from './staticChecks.mjs'
import { closingLine } from './testCounts.mjs'

await setUp({ window: false })
const counts = await runStaticChecks()
process.stdout.write(`\n${closingLine(counts)}\n`)
process.exitCode = counts.failed > 0 ? 1 : 0

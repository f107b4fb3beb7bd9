// `npm run faults`: every call of the file system fails in turn in every scenario, and every prefix of
// what scenarios write is replayed as losses of power leave it; `npm test` has a seeded share of both. The
// tests print how many points and states they tried.

import { join } from 'node:path'
import { setUp } from './setup.mjs'
import { runVisibly } from './setup/command.mjs'
import { root } from './setup/paths.mjs'

await setUp({ window: false })
process.exitCode = await runVisibly(
  process.execPath,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    ...['run', '--project', 'engine'],
    'test/main/engine/harness/everyCall.test.ts',
    'test/main/engine/harness/powerLoss.test.ts',
  ],
  { cwd: root, env: { RESTAGE_FAULTS: 'all', ...process.env } },
)

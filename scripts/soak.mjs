// `npm run soak`: the kill tests in full, 200 seeded kills of a process that trains (a good part of
// them inside the write of a checkpoint) and 200 of one that labels; `npm test` has 10 of each. The
// tests print what they counted. RESTAGE_KILLS sets another number.

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
    'test/main/engine/training/killed.test.ts',
    'test/main/engine/dataset/labels/killed.test.ts',
  ],
  { cwd: root, env: { RESTAGE_KILLS: '200', ...process.env } },
)

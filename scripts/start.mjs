// `npm start`: sets up, builds and opens the app. On a machine without a screen it says so and runs
// the demo instead, which leaves pictures in out/demo/.

import { join } from 'node:path'
import { build } from './build.mjs'
import { runDemo } from './demo.mjs'
import { setUp } from './setup.mjs'
import { runVisibly } from './setup/command.mjs'
import { electronExecutable, electronFlags } from './setup/electronRuntime.mjs'
import { root } from './setup/paths.mjs'
import { hasScreen, withScreen } from './xvfb.mjs'

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`)

try {
  await setUp({ say })
  await build({ say })
  const executable = electronExecutable()
  if (!executable) throw new Error('there is no Electron')
  if (hasScreen()) {
    process.exitCode = await runVisibly(executable, [...electronFlags(), root])
  } else {
    const folder = join(root, 'out', 'demo')
    say(`There is no screen here, so no window can open. Running the demo instead: ${folder}`)
    await withScreen((env) => runDemo({ folder, env, say }))
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

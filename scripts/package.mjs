// `npm run package`: an unpacked, self-contained app in out/package/. What must stay true: it works
// offline, by packing the Electron that set-up already found.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from './build.mjs'
import { setUp } from './setup.mjs'
import { runVisibly } from './setup/command.mjs'
import { electronExecutable } from './setup/electronRuntime.mjs'
import { platformKey, root, runtimeDirectory, runtimeLock } from './setup/paths.mjs'

/** @param {string} executable @returns {{ version: string, folder: string }} its distribution */
function distribution(executable) {
  const packed = runtimeLock.electron[platformKey]
  if (packed && executable.startsWith(runtimeDirectory)) {
    return { version: packed.version, folder: dirname(executable) }
  }
  const home = join(root, 'node_modules', 'electron')
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return { version: manifest.version, folder: join(home, 'dist') }
}

await setUp()
await build()
const executable = electronExecutable()
if (!executable) throw new Error('there is no Electron to pack')
const { version, folder } = distribution(executable)
process.exitCode = await runVisibly(
  process.execPath,
  [
    join(root, 'node_modules', 'electron-builder', 'cli.js'),
    ...['--dir', '--publish', 'never'],
    `-c.electronVersion=${version}`,
    `-c.electronDist=${folder}`,
  ],
  { cwd: root },
)

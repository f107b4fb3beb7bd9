// Gives tfjs-node its native half: the shared libraries of a TensorFlow wheel, and the binding
// that the npm package ships as source, compiled against them. The package's own installer would
// fetch a four years older TensorFlow from a vendor's bucket, which many networks refuse.
// What must stay true: .runtime/tensorflow/ appears by one rename, complete; the binding in
// node_modules is a copy of the one there, so that a fresh `npm ci` costs no compilation.

import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers, runQuietly } from './command.mjs'
import { platformKey, root, runtimeDirectory, runtimeLock } from './paths.mjs'
import { extractFromWheel, fetchWheel } from './wheel.mjs'

const home = join(runtimeDirectory, 'tensorflow')
const stamp = join(home, 'complete.json')
const npmPackage = join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu')
const bindingFolder = join(npmPackage, 'lib', 'napi-v8')
const installed = join(bindingFolder, 'tfjs_binding.node')

/** Raise when the way of compiling changes, so that existing checkouts compile anew. */
const recipe = 1

/** @param {import('./paths.mjs').LockedWheel} wheel */
function expectedStamp(wheel) {
  return JSON.stringify({ sha256: wheel.sha256, recipe })
}

/** @param {import('./paths.mjs').LockedWheel} wheel */
function librariesReady(wheel) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === expectedStamp(wheel)
}

function sameBinding() {
  const ours = statSync(join(home, 'tfjs_binding.node'), { throwIfNoEntry: false })
  const theirs = statSync(installed, { throwIfNoEntry: false })
  return ours !== undefined && ours.size === theirs?.size && ours.mtimeMs <= theirs.mtimeMs
}

/** Whether nothing is left to do; cheap. */
export function tensorflowReady() {
  const wheel = runtimeLock.tensorflow[platformKey]
  return wheel ? librariesReady(wheel) && sameBinding() : existsSync(installed)
}

/**
 * Compiles the binding that the npm tarball carries.
 * @param {string} folder holds include/ and the libraries; receives tfjs_binding.node
 * @param {import('./paths.mjs').LockedWheel} wheel
 */
async function compileBinding(folder, wheel) {
  if (!answers('g++', ['--version'])) {
    throw new Error('g++ is needed to compile the binding. On Debian: apt-get install g++')
  }
  // The first path is a checkout's, the second a packaged app's with the libraries alongside.
  const searched = ['$ORIGIN/../../../../../.runtime/tensorflow', '$ORIGIN']
  await runQuietly('g++', [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-w'],
    ...['-I', npmPackage, '-I', join(folder, 'include')],
    ...['-I', join(root, 'node_modules', 'node-api-headers', 'include')],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(npmPackage, 'binding', file)),
    ...['-L', folder, ...(wheel.libraries ?? []).map((name) => `-l:${name}`)],
    `-Wl,-rpath,${searched.join(':')}`,
    ...['-o', join(folder, 'tfjs_binding.node')],
  ])
}

function copyBinding() {
  mkdirSync(bindingFolder, { recursive: true })
  copyFileSync(join(home, 'tfjs_binding.node'), `${installed}.partial`)
  renameSync(`${installed}.partial`, installed)
}

/**
 * On a platform without a row in the lock file: tfjs-node's own route.
 * @param {(line: string) => void} say
 */
async function useVendorInstaller(say) {
  say(`no TensorFlow wheel is listed for ${platformKey}; trying tfjs-node's own installer`)
  await runQuietly(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
    cwd: npmPackage,
    timeout: 900_000,
  })
}

/**
 * Makes `require('@tensorflow/tfjs-node-gpu')` work. Needs node_modules.
 * @param {(line: string) => void} say
 * @throws {Error} when a tool is missing or the download fails
 */
export async function setUpTensorflow(say) {
  const wheel = runtimeLock.tensorflow[platformKey]
  if (!wheel) return useVendorInstaller(say)
  if (!librariesReady(wheel)) {
    say(`fetching TensorFlow ${wheel.version} (about 270 MB)`)
    const file = await fetchWheel(wheel)
    const partial = `${home}.partial`
    rmSync(partial, { recursive: true, force: true })
    say('unpacking TensorFlow')
    await extractFromWheel(file, partial, {
      'tensorflow/include/': 'include/',
      ...Object.fromEntries((wheel.libraries ?? []).map((name) => [`tensorflow/${name}`, name])),
    })
    say('compiling the binding (about 15 s)')
    await compileBinding(partial, wheel)
    rmSync(join(partial, 'include'), { recursive: true })
    writeFileSync(join(partial, 'complete.json'), expectedStamp(wheel))
    rmSync(home, { recursive: true, force: true })
    renameSync(partial, home)
    rmSync(file)
  }
  if (!sameBinding()) copyBinding()
}

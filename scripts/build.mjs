// `npm run build`: bundles the sources into dist/. The Node side goes to CommonJS for Node 16, which
// Electron 22 has; the window to Chromium 108. What must stay true: nothing is rebuilt while its
// sources are unchanged, and a bundle appears by a rename, so that a running app never reads half.

import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './setup/lock.mjs'
import { root } from './setup/paths.mjs'
import { setUp } from './setup.mjs'

/**
 * @typedef {(line: string) => void} Say
 * @typedef {object} Part
 * @property {string} name
 * @property {readonly string[]} sources folders and files whose content decides whether to rebuild
 * @property {() => Promise<void>} make
 */

const dist = join(root, 'dist')

/** Loaded from node_modules at run time: native, or Electron itself. */
const external = ['electron', '@tensorflow/tfjs-node-gpu', 'sharp', 'libheif-js']

/** h5wasm reads import.meta.url; in CommonJS that is the bundle's URL. Not for the preload: it is
 *  sandboxed and may not require node:url. */
const ownAddress = {
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href" },
}

/**
 * @typedef {object} Entry
 * @property {string} source
 * @property {string} bundle
 * @property {boolean} [computes] holds the engine
 */

/** The bundles of the app that hold the engine look for these beside themselves. */
const heicWorker = 'main/engine/pictures/heicWorker.cjs'
const weightsWorker = 'main/engine/weights/formats/weightsWorker.ts'

/** @type {readonly Entry[]} */
const appEntries = [
  { source: 'main/index.ts', bundle: 'main/index.cjs' },
  { source: 'main/preload.ts', bundle: 'main/preload.cjs' },
  { source: 'main/engine/index.ts', bundle: 'engine/index.cjs', computes: true },
  { source: 'main/cli.ts', bundle: 'cli/index.cjs', computes: true },
  { source: heicWorker, bundle: 'engine/heicWorker.cjs' },
  { source: heicWorker, bundle: 'cli/heicWorker.cjs' },
  { source: weightsWorker, bundle: 'engine/weightsWorker.cjs', computes: true },
  { source: weightsWorker, bundle: 'cli/weightsWorker.cjs', computes: true },
]

/** Not part of the app: built only for `npm run bench`. @type {readonly Entry[]} */
const benchEntries = [{ source: 'bench/index.ts', bundle: 'bench/index.cjs', computes: true }]

/** @param {readonly Entry[]} entries */
async function bundleNode(entries) {
  const { build } = await import('esbuild')
  for (const { source, bundle, computes } of entries) {
    if (!existsSync(join(root, source))) continue
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [source],
      outfile: join(dist, bundle),
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
      target: 'node16',
      sourcemap: 'linked',
      external,
      ...(computes ? ownAddress : {}),
      // CommonJS has no import.meta: reading more of it would give undefined at run time.
      logOverride: { 'empty-import-meta': 'error' },
      logLevel: 'warning',
    })
    for (const file of outputFiles) {
      mkdirSync(dirname(file.path), { recursive: true })
      writeFileSync(`${file.path}.partial`, file.contents)
      renameSync(`${file.path}.partial`, file.path)
    }
  }
}

async function bundleRenderer() {
  if (!existsSync(join(root, 'renderer', 'index.html'))) return
  const { build } = await import('vite')
  const { default: vue } = await import('@vitejs/plugin-vue')
  await build({
    configFile: false,
    root: join(root, 'renderer'),
    base: './',
    logLevel: 'warn',
    plugins: [vue()],
    define: {
      __VUE_I18N_FULL_INSTALL__: 'true',
      __VUE_I18N_LEGACY_API__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
    },
    build: {
      target: 'chrome108',
      outDir: join(dist, 'renderer'),
      emptyOutDir: true,
      // Everything lies on this disk: no gain from preloading, no network to warn about.
      modulePreload: false,
      chunkSizeWarningLimit: 4_000,
    },
  })
}

/** @type {readonly Part[]} */
const parts = [
  { name: 'node', sources: ['main', 'shared', 'assets'], make: () => bundleNode(appEntries) },
  { name: 'renderer', sources: ['renderer', 'shared', 'assets'], make: bundleRenderer },
  { name: 'bench', sources: ['bench', 'main', 'shared'], make: () => bundleNode(benchEntries) },
]

/** @param {string} path @returns {string[]} the files at or below it, sorted */
function filesBelow(path) {
  const absolute = join(root, path)
  if (!existsSync(absolute)) return []
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** @param {Part} part @returns {string} a hash of everything its bundles are made of */
function fingerprint(part) {
  const hash = createHash('sha256')
  const recipe = ['package-lock.json', 'scripts/build.mjs'].map((file) => join(root, file))
  for (const file of [...recipe, ...part.sources.flatMap(filesBelow)]) {
    hash.update(`${file}\n`).update(readFileSync(file)).update('\n')
  }
  return hash.digest('hex')
}

/** @param {Part} part */
const stampOf = (part) => join(dist, `.${part.name}.stamp`)

/** @param {Part} part */
function isCurrent(part) {
  const stamp = stampOf(part)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(part)
}

/**
 * Builds what changed. Needs node_modules.
 * @param {{ window?: boolean, bench?: boolean, say?: Say }} [options] window: also the renderer, true
 *   unless given; bench: also the benchmark; say: receives progress lines, which go to stderr unless
 *   given
 * @throws {Error} when a source does not bundle
 */
export async function build({ window = true, bench = false, say = sayToStderr } = {}) {
  const wanted = parts.filter(
    ({ name }) => (name !== 'renderer' || window) && (name !== 'bench' || bench),
  )
  if (wanted.every(isCurrent)) return
  await withLock('build', { say }, async () => {
    for (const part of wanted) {
      if (isCurrent(part)) continue
      const started = Date.now()
      // Taken before bundling, so that a source saved meanwhile counts as changed.
      const built = fingerprint(part)
      await part.make()
      mkdirSync(dist, { recursive: true })
      writeFileSync(stampOf(part), built)
      say(`[build] ${part.name} after ${((Date.now() - started) / 1000).toFixed(1)} s`)
    }
  })
}

/** @param {string} line */
function sayToStderr(line) {
  process.stderr.write(`${line}\n`)
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await setUp({ window: false })
    await build()
  } catch (error) {
    process.stderr.write(`The build stopped: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}

// Breaks every layer rule once, in a folder of its own, and sees each one caught. Without this, a
// rule whose pattern stopped matching would pass for ever.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** File -> what it imports. Every other file here is imported by no one and imports nothing. */
const seeded: Readonly<Record<string, { imports: string; breaks: string }>> = {
  'shared/looksAtMain.ts': { imports: '../main/window', breaks: 'shared-is-pure' },
  'shared/readsFiles.ts': { imports: 'node:fs', breaks: 'shared-is-pure' },
  'shared/usesVue.ts': { imports: 'vue', breaks: 'shared-is-pure' },
  'renderer/looksAtMain.ts': { imports: '../main/window', breaks: 'renderer-knows-shared-only' },
  'renderer/readsFiles.ts': { imports: 'node:fs', breaks: 'renderer-has-no-node' },
  'renderer/opensWindows.ts': { imports: 'electron', breaks: 'renderer-has-no-electron' },
  'main/draws.ts': { imports: '../renderer/App.vue', breaks: 'main-knows-shared-only' },
  'main/engine/opensWindows.ts': { imports: '../window', breaks: 'engine-stands-alone' },
  'main/engine/asksElectron.ts': { imports: 'electron', breaks: 'engine-has-no-electron' },
  'main/engine/network/emits.ts': { imports: '../graph/emit', breaks: 'network-is-lowest' },
  'main/engine/graph/trains.ts': { imports: '../training/loop', breaks: 'middle-does-not-look-up' },
  'main/engine/graph/runs.ts': {
    imports: '../tensorflow/session',
    breaks: 'graph-is-only-written',
  },
  'main/engine/tensorflow/trains.ts': {
    imports: '../training/loop',
    breaks: 'middle-does-not-look-up',
  },
  'main/engine/dataset/scores.ts': {
    imports: '../evaluation/metrics',
    breaks: 'middle-does-not-look-up',
  },
  'main/engine/dataset/suggests.ts': {
    imports: '../suggest/learner',
    breaks: 'middle-does-not-look-up',
  },
  'main/engine/training/suggests.ts': {
    imports: '../suggest/learner',
    breaks: 'training-does-not-need-suggestions',
  },
  'main/engine/training/answers.ts': {
    imports: '../handlers',
    breaks: 'only-handlers-see-handlers',
  },
  'main/engine/export/prints.ts': {
    imports: '../headless/commands',
    breaks: 'only-handlers-see-handlers',
  },
  'main/engine/training/queues.ts': {
    imports: '../runs/queue',
    breaks: 'only-handlers-see-handlers',
  },
  'main/engine/weights/circleA.ts': { imports: './circleB', breaks: 'no-circles' },
  'bench/drives.ts': { imports: '../main/window', breaks: 'bench-knows-the-engine-only' },
  'main/measuresItself.ts': { imports: '../bench/work', breaks: 'nothing-imports-bench' },
  'main/testsItself.ts': { imports: '../test/some.test', breaks: 'nothing-imports-tests' },
  'renderer/train/charts/looksAtData.ts': {
    imports: '../../data/gridLayout',
    breaks: 'rooms-know-no-other-room',
  },
  'renderer/use/looksAtShell.ts': {
    imports: '../shell/TopBar.vue',
    breaks: 'rooms-know-no-other-room',
  },
  'renderer/runs/looksAtData.ts': {
    imports: '../data/gridLayout',
    breaks: 'only-app-knows-rooms',
  },
}

/** What is allowed, so that a rule which forbids everything is caught too. */
const allowed: Readonly<Record<string, string>> = {
  'shared/parses.ts': 'zod',
  'renderer/usesShared.ts': '../shared/plain',
  'main/usesElectron.ts': 'electron',
  'main/usesEngine.ts': './engine/handlers',
  'main/engine/usesShared.ts': '../../shared/plain',
  'main/engine/handlersUse.ts': './training/loop',
  'main/engine/training/asksDevice.ts': '../device',
  'main/engine/suggest/usesFeatures.ts': '../training/loop',
  'main/engine/export/usesGraph.ts': '../graph/emit',
  'main/engine/graph/usesNetwork.ts': '../network/layers',
  'main/engine/tensorflow/runsGraph.ts': '../graph/emit',
  'bench/measures.ts': '../main/engine/graph/emit',
  'renderer/train/charts/usesRuns.ts': '../../runs/freezing',
  'renderer/data/usesItself.ts': './gridLayout',
}

const plain = [
  'shared/plain.ts',
  'renderer/App.vue',
  'main/window.ts',
  'main/engine/handlers.ts',
  'main/engine/device.ts',
  'main/engine/headless/commands.ts',
  'main/engine/runs/queue.ts',
  'main/engine/network/layers.ts',
  'main/engine/graph/emit.ts',
  'main/engine/tensorflow/session.ts',
  'main/engine/suggest/learner.ts',
  'main/engine/training/loop.ts',
  'main/engine/evaluation/metrics.ts',
  'bench/work.ts',
  'test/some.test.ts',
  'renderer/data/gridLayout.ts',
  'renderer/runs/freezing.ts',
  'renderer/shell/TopBar.vue',
]

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

let folder = ''
let violations: readonly Violation[] = []

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}

/** dependency-cruiser exits with the number of violations, so its output is read either way. */
function cruise(): Promise<string> {
  const script = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const config = join(root, '.dependency-cruiser.cjs')
  const args = [
    script,
    '--config',
    config,
    '--output-type',
    'json',
    'main',
    'renderer',
    'shared',
    'bench',
  ]
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64e6 }, (_error, stdout) =>
      done(stdout),
    )
  })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'restage-layers-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const file of plain) {
    write(file, file.endsWith('.vue') ? '<template><p /></template>' : 'export const plain = 1\n')
  }
  // A circle is reported once, at its first file.
  write('main/engine/weights/circleB.ts', "import './circleA'\n")
  for (const [file, { imports }] of Object.entries(seeded)) write(file, `import '${imports}'\n`)
  for (const [file, imports] of Object.entries(allowed)) write(file, `import '${imports}'\n`)
  violations = (JSON.parse(await cruise()) as { summary: { violations: Violation[] } }).summary
    .violations
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('layer rules', () => {
  it.each(Object.entries(seeded))('%s is caught', (file, { breaks }) => {
    const broken = violations.filter(({ from }) => from === file).map(({ rule }) => rule.name)
    expect(broken).toContain(breaks)
  })

  it.each(Object.keys(allowed))('%s is allowed', (file) => {
    expect(violations.filter(({ from }) => from === file)).toEqual([])
  })
})

// Breaks every layer rule once, in a folder of its own, and sees each one caught. Without this, a
// rule whose pattern stopped matching would pass for ever.

import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

interface Rule {
  readonly name: string
  readonly to: { readonly pathNot?: readonly string[] }
}
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  readonly forbidden: readonly Rule[]
}

/** Each folder of the engine with the folders it may import, in the order of the table. */
const engineFolders = config.forbidden.flatMap(({ name, to }) => {
  const folder = name.match(/^engine-folder (.+)$/)?.[1]
  if (!folder) return []
  const allowed = (to.pathNot ?? []).map((path) =>
    path.slice('^main/engine/'.length, -'/[^/]+$'.length),
  )
  return [{ folder, rule: name, allowed: allowed.filter((other) => other !== folder) }]
})

const knownFile = (folder: string) => `main/engine/${folder}/known.ts`
const fromFolder = (folder: string, to: string) =>
  `${relative(join('main/engine', folder), join('main/engine', to))}/known`

/** In each folder of the engine, one import that its row does not list. */
const seededInEngine = Object.fromEntries(
  engineFolders.map(({ folder, rule, allowed }) => {
    const refused = engineFolders.filter(
      (one) => one.folder !== folder && !allowed.includes(one.folder),
    )
    const other = refused[refused.length - 1]!
    return [
      `main/engine/${folder}/plants.ts`,
      { imports: fromFolder(folder, other.folder), breaks: rule },
    ]
  }),
)

/** File -> what it imports. Every other file here is imported by no one and imports nothing. */
const seeded: Readonly<Record<string, { imports: string; breaks: string }>> = {
  ...seededInEngine,
  'shared/looksAtMain.ts': { imports: '../main/window', breaks: 'shared-is-pure' },
  'shared/readsFiles.ts': { imports: 'node:fs', breaks: 'shared-is-pure' },
  'shared/usesVue.ts': { imports: 'vue', breaks: 'shared-is-pure' },
  'renderer/looksAtMain.ts': { imports: '../main/window', breaks: 'renderer-knows-shared-only' },
  'renderer/readsFiles.ts': { imports: 'node:fs', breaks: 'renderer-has-no-node' },
  'renderer/opensWindows.ts': { imports: 'electron', breaks: 'renderer-has-no-electron' },
  'main/draws.ts': { imports: '../renderer/App.vue', breaks: 'main-knows-shared-only' },
  'main/engine/opensWindows.ts': { imports: '../window', breaks: 'engine-stands-alone' },
  'main/engine/asksElectron.ts': { imports: 'electron', breaks: 'engine-has-no-electron' },
  'main/engine/drawer/imports.ts': {
    imports: '../files/known',
    breaks: 'engine-folders-are-listed',
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
  'main/engine/handlersUse.ts': './training/known',
  'bench/measures.ts': '../main/engine/graph/known',
  ...Object.fromEntries(
    engineFolders.flatMap(({ folder, allowed: others }) =>
      others.map((other) => [
        `main/engine/${folder}/uses-${other.replace('/', '-')}.ts`,
        fromFolder(folder, other),
      ]),
    ),
  ),
  'renderer/train/charts/usesRuns.ts': '../../runs/freezing',
  'renderer/data/usesItself.ts': './gridLayout',
}

const plain = [
  ...engineFolders.map(({ folder }) => knownFile(folder)),
  'shared/plain.ts',
  'renderer/App.vue',
  'main/window.ts',
  'main/engine/handlers.ts',
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

describe('folders of the engine', () => {
  it('have no circles: each row names only rows above it', () => {
    const above: string[] = []
    for (const { folder, allowed: others } of engineFolders) {
      expect(above, folder).toEqual(expect.arrayContaining(others))
      above.push(folder)
    }
    expect(above.length).toBeGreaterThan(15)
  })
})

describe('layer rules', () => {
  it.each(Object.entries(seeded))('%s is caught', (file, { breaks }) => {
    const broken = violations.filter(({ from }) => from === file).map(({ rule }) => rule.name)
    expect(broken).toContain(breaks)
  })

  it.each(Object.keys(allowed))('%s is allowed', (file) => {
    expect(violations.filter(({ from }) => from === file)).toEqual([])
  })
})

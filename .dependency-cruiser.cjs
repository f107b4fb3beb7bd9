// Which way imports point. Between the top folders: renderer -> shared <- main. Inside the engine, every
// folder has a row below that lists all other engine folders it may import; anything else is refused.
// A row names only rows above it, so folders have no circles.
// test/layers.test.ts breaks every rule once and sees it caught.

/** @type {Readonly<Record<string, readonly string[]>>} */
const engineFolders = {
  files: [],
  network: [],
  graph: ['network'],
  tensorflow: ['graph', 'network'],
  pictures: ['files'],
  leaves: ['files'],
  'weights/formats': ['files', 'network'],
  weights: ['files', 'network', 'weights/formats'],
  'dataset/labels': ['files'],
  'dataset/intake': ['dataset/labels', 'files'],
  'dataset/checks': ['dataset/intake', 'dataset/labels', 'files', 'pictures'],
  'dataset/export': ['files'],
  dataset: [
    'dataset/checks',
    'dataset/export',
    'dataset/intake',
    'dataset/labels',
    'files',
    'pictures',
  ],
  features: ['files', 'network', 'pictures', 'tensorflow', 'weights'],
  heads: ['files', 'network', 'tensorflow'],
  suggest: ['dataset', 'features', 'files', 'heads'],
  device: ['files', 'network', 'tensorflow'],
  plan: [
    'dataset',
    'features',
    'files',
    'network',
    'pictures',
    'tensorflow',
    'weights',
    'weights/formats',
  ],
  runFiles: ['files', 'network', 'plan', 'weights/formats'],
  evaluation: ['files', 'network', 'pictures', 'runFiles', 'tensorflow'],
  training: [
    'features',
    'files',
    'graph',
    'heads',
    'network',
    'pictures',
    'plan',
    'runFiles',
    'tensorflow',
    'weights',
  ],
  export: [
    'evaluation',
    'files',
    'graph',
    'network',
    'pictures',
    'runFiles',
    'tensorflow',
    'weights/formats',
  ],
  runs: ['dataset', 'device', 'files', 'pictures', 'plan', 'runFiles', 'training', 'weights'],
  headless: [
    'dataset',
    'dataset/intake',
    'device',
    'evaluation',
    'export',
    'features',
    'files',
    'pictures',
    'plan',
    'runFiles',
    'training',
    'weights',
  ],
  handlers: [
    'device',
    'evaluation',
    'export',
    'features',
    'files',
    'leaves',
    'network',
    'pictures',
    'runs',
    'suggest',
    'weights',
  ],
}

/** One rule a row: files of the folder itself, not of those below it. */
const engineFolderRules = Object.entries(engineFolders).map(([folder, allowed]) => ({
  name: `engine-folder ${folder}`,
  severity: /** @type {const} */ ('error'),
  from: { path: `^main/engine/${folder}/[^/]+$` },
  to: {
    path: '^main/engine/',
    pathNot: [folder, ...allowed].map((name) => `^main/engine/${name}/[^/]+$`),
  },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'shared-is-pure',
      comment: 'The contract imports zod and itself: no DOM, no Node, no other folder.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { pathNot: ['^shared/', '(^|/)node_modules/zod/', '^zod$'] },
    },
    {
      name: 'renderer-knows-shared-only',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main|scripts|test)/' },
    },
    {
      name: 'renderer-has-no-node',
      comment: 'The window is sandboxed; it talks through the api that preload exposes.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-has-no-electron',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '(^|/)electron($|/)', pathNot: '^renderer/' },
    },
    {
      name: 'main-knows-shared-only',
      severity: 'error',
      from: { path: '^main/' },
      to: { path: '^(renderer|scripts|test)/' },
    },
    {
      name: 'engine-stands-alone',
      severity: 'error',
      from: { path: '^main/engine/' },
      to: { path: '^main/', pathNot: '^main/engine/' },
    },
    {
      name: 'engine-has-no-electron',
      severity: 'error',
      from: { path: '^main/engine/' },
      to: { path: '(^|/)electron($|/)' },
    },
    {
      name: 'engine-folders-are-listed',
      comment: 'A new folder needs a row in engineFolders.',
      severity: 'error',
      from: {
        path: '^main/engine/.+/',
        pathNot: Object.keys(engineFolders).map((name) => `^main/engine/${name}/[^/]+$`),
      },
      to: {},
    },
    ...engineFolderRules,
    {
      name: 'bench-knows-the-engine-only',
      severity: 'error',
      from: { path: '^bench/' },
      // Measuring the window needs the Electron that set-up found.
      to: {
        path: '^(main|renderer|scripts|test)/',
        pathNot: ['^main/engine/', '^scripts/setup/electronRuntime'],
      },
    },
    {
      name: 'nothing-imports-bench',
      severity: 'error',
      from: { pathNot: '^(bench|test)/' },
      to: { path: '^bench/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'rooms-know-no-other-room',
      comment: 'What several rooms need lies in ui, stores or runs.',
      severity: 'error',
      from: { path: '^renderer/(data|network|train|evaluate|use)/' },
      to: {
        path: '^renderer/',
        pathNot: [
          '^renderer/$1/',
          '^renderer/(ui|stores|runs|locales|styles)/',
          '^renderer/(api|latest)\\.ts$',
        ],
      },
    },
    {
      name: 'only-app-knows-rooms',
      severity: 'error',
      from: { path: '^renderer/(shell|ui|stores|runs|locales)/' },
      to: { path: '^renderer/(data|network|train|evaluate|use)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.mjs', '.cjs', '.js', '.json'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
}

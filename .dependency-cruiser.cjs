// Which way imports point: renderer -> shared <- main, and inside the engine
// handlers -> training, evaluation, export, suggest -> tensorflow -> graph -> network;
// training and its neighbours also -> weights, dataset -> network.
// test/layers.test.ts breaks every rule once and sees it caught.

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
      name: 'network-is-lowest',
      severity: 'error',
      from: { path: '^main/engine/network/' },
      to: { path: '^main/engine/', pathNot: '^main/engine/network/' },
    },
    {
      name: 'graph-is-only-written',
      comment: 'What runs a graph is in tensorflow/, which reads it.',
      severity: 'error',
      from: { path: '^main/engine/graph/' },
      to: { path: '^main/engine/', pathNot: '^main/engine/(graph|network)/' },
    },
    {
      name: 'middle-does-not-look-up',
      severity: 'error',
      from: { path: '^main/engine/(graph|tensorflow|weights|dataset)/' },
      to: { path: '^main/engine/(training|evaluation|export|suggest)/' },
    },
    {
      name: 'training-does-not-need-suggestions',
      severity: 'error',
      from: { path: '^main/engine/(training|evaluation|export)/' },
      to: { path: '^main/engine/suggest/' },
    },
    {
      name: 'only-handlers-see-handlers',
      severity: 'error',
      from: {
        path: '^main/engine/(training|evaluation|export|suggest|graph|tensorflow|weights|dataset|network)/',
      },
      to: { path: '^main/engine/((handlers|index|port|workspace)\\.ts$|headless/|runs/)' },
    },
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

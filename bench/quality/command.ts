// `npm run bench -- quality`: how good the presets' models are on photos that were held back, beside
// scikit-learn and PyTorch. README.md says what is measured and how.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import os from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { homePaths } from '../../main/engine/files/home'
import { sampleLeaves } from '../../main/engine/leaves/sampleLeaves'
import { openFingerprints } from '../../main/engine/pictures/fingerprint'
import { findInCatalogue } from '../../main/engine/weights/catalogue'
import { weightsPath } from '../../main/engine/weights/startingWeights'
import { Preset } from '../../shared/runConfig'
import { findPeers } from '../peers'
import type { Size } from './draws'
import { measureSet } from './measure'
import { openSet } from './photoSet'
import { report } from './report'
import { Results } from './results'

interface Options {
  readonly set?: string[]
  readonly peers?: boolean
  readonly splits: string
  readonly perClass: string
  readonly presets: string
  readonly weights: string
  readonly peerSeconds?: string
  readonly minutes?: string
  readonly out: string
  readonly table?: boolean
}

export const qualityCommand = (root: string, say: (line: string) => void) =>
  new Command('quality')
    .description('Measures the presets on held-back photos, with --peers beside others.')
    .option(
      '--set <folder...>',
      'labelled folders (ants-bees, cifar10-sample and leaves unless given)',
    )
    .option('--peers', 'also scikit-learn and PyTorch (bench/peers/)')
    .option('--splits <number>', 'how often photos are drawn anew to be held back', '16')
    .option('--per-class <sizes>', 'photos a class that teach', '10,20,50,all')
    .option(
      '--presets <names>',
      'of quick, balanced, thorough; none for peers alone',
      'quick,thorough',
    )
    .option('--weights <name>', 'a catalogue name or a file', 'starter')
    .option('--peer-seconds <number>', 'of PyTorch, where Thorough is not among the presets')
    .option('--minutes <number>', 'stop after so long; the same command goes on')
    .option('--out <folder>', 'results and caches', join(root, 'out', 'quality'))
    .option('--table', 'measure nothing, show what was measured')
    .action((options: Options) => measure(root, options, say))

async function measure(root: string, options: Options, say: (line: string) => void) {
  const out = resolve(options.out)
  const results = new Results(join(out, 'results.jsonl'))
  if (!options.table) await measureAll({ root, out, results }, options, say)
  process.stdout.write(`${report(results.all).join('\n')}\n`)
}

interface Place {
  readonly root: string
  readonly out: string
  readonly results: Results
}

async function measureAll(
  { root, out, results }: Place,
  options: Options,
  say: (line: string) => void,
) {
  const presets = listOf(options.presets === 'none' ? '' : options.presets).map((name) =>
    Preset.parse(name),
  )
  const found = options.peers ? findPeers(root) : null
  if (found && 'missing' in found) throw new Error(found.missing)
  const home = { folder: out, assets: join(root, 'assets') }
  mkdirSync(homePaths(home).features, { recursive: true })
  const weights = findInCatalogue(options.weights) ? options.weights : resolve(options.weights)
  const entry = findInCatalogue(options.weights)
  const until = options.minutes ? performance.now() + Number(options.minutes) * 60_000 : Infinity
  const withThorough = presets.includes('thorough')
  const fingerprints = await openFingerprints(homePaths(home).fingerprints)
  for (const folder of options.set ?? (await usualSets(root, home.folder))) {
    const set = await openSet(folder, fingerprints)
    say(
      `${set.name}: ${set.photos.length} photos of ${set.classes.length} classes, ${set.copies} of them ` +
        `copies of others, ${set.unreadable} unreadable`,
    )
    const complete = await measureSet({
      ...{ home, set, weights, presets, results, say },
      weightsFile: entry ? weightsPath(home, entry) : weights,
      splits: positive(options.splits, '--splits'),
      sizes: listOf(options.perClass).map(sizeOf),
      peers: found,
      peerSeconds: options.peerSeconds
        ? positive(options.peerSeconds, '--peer-seconds')
        : withThorough
          ? 0
          : null,
      machine: `${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores`,
      version: commitOf(root),
      goesOn: () => performance.now() < until,
    })
    if (!complete) say(`${set.name}: not all is measured; the same command goes on`)
  }
}

async function usualSets(root: string, home: string): Promise<string[]> {
  const shared = ['ants-bees', 'cifar10-sample'].map((name) =>
    join(dirname(root), 'shared', 'data', name),
  )
  return [...shared.filter((folder) => existsSync(folder)), await sampleLeaves(home)]
}

const listOf = (text: string) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')

const sizeOf = (text: string): Size => (text === 'all' ? text : positive(text, '--per-class'))

function positive(text: string, option: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} is a number from 1`)
  return value
}

function commitOf(root: string): string {
  try {
    const git = (...words: string[]) =>
      execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim()
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') ? ' and changes' : ''}`
  } catch {
    return 'unknown'
  }
}

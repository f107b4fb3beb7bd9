// The benchmark's program. Without `side` it runs works one after the other, shows each as a table
// on stderr and ends with one JSON object on stdout; the JSON file is written anew after every work,
// so that an interruption loses at most one. `side` is the inner end of a measurement (rounds.ts); `quality`
// measures models instead of speed (quality/).
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import writeFileAtomic from 'write-file-atomic'
import { describeMachine } from './machine'
import { findPeers } from './peers'
import { qualityCommand } from './quality/command'
import type { WorkResult } from './result'
import { serve } from './rounds'
import { tableOf } from './table'
import { type Bench, type Work } from './work'
import { chosenWorks, works } from './works'

interface Options {
  readonly peers?: boolean
  readonly only?: string
  readonly rounds: string
  readonly json?: string
  readonly full?: boolean
}
const program = resolve(process.argv[1]!)
/** The bundle lies in dist/bench/. */
const root = dirname(dirname(dirname(program)))

const say = (text: string) => process.stderr.write(`${text}\n`)

async function main() {
  const command = new Command('bench')
    .enablePositionalOptions()
    .description('Measures the engine, and with --peers PyTorch and Keras beside it.')
    .option('--peers', 'also measure PyTorch and Keras (bench/peers/)')
    .option('--only <names>', `of ${works.map(({ name }) => name).join(', ')}`)
    .option('--rounds <number>', 'how often each takes its turn', '3')
    .option('--json <file>', 'where the result is kept (out/bench.json unless given)')
    .option('--full', "all 25 epochs of the tutorial, and 50 epochs at 224 for memory's growth")
    .action(runWorks)
  command
    .command('side <work> <side> <options>', { hidden: true })
    .action(async (name: string, side: string, options: string) => {
      const work = works.find((known) => known.name === name)
      await serve(await work!.sides[side]!(JSON.parse(options) as never))
    })
  command.addCommand(qualityCommand(root, say))
  await command.parseAsync(process.argv)
}

async function runWorks({ peers, only, rounds: asked, json, full = false }: Options) {
  const chosen = chosenWorks(only)
  const rounds = Number(asked)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a number from 1')
  const found = peers ? findPeers(root) : null
  if (found && 'missing' in found) throw new Error(found.missing)
  const file = resolve(json ?? join(root, 'out', 'bench.json'))
  mkdirSync(dirname(file), { recursive: true })
  const machine = await describeMachine()
  say(`${machine.cpu}, ${machine.cores} cores, ${machine.flags.join(' ')}, ${machine.precision}`)
  const report = {
    started: new Date().toISOString(),
    options: { peers: found?.python ?? null, rounds, full },
    machine,
    works: [] as WorkResult[],
  }
  await withScratch(async (scratch) => {
    const bench: Bench = {
      root,
      program,
      rounds,
      full,
      native: machine.precision,
      peers: found,
      scratch,
      say: (line) => say(`  ${line}`),
    }
    for (const work of chosen) {
      say(`\n${work.name} ...`)
      const result = await measured(work, bench)
      say(tableOf(result))
      report.works.push(result)
      await writeFileAtomic(file, `${JSON.stringify(report, null, 1)}\n`)
    }
  })
  process.stdout.write(`${JSON.stringify(report)}\n`)
}

/** A work that fails is a result too: the next ones still run. */
async function measured(work: Work, bench: Bench): Promise<WorkResult> {
  const { name, about } = work
  const started = performance.now()
  const findings = await work.run(bench).catch((error: unknown) => {
    process.exitCode = 1
    const reason = error instanceof Error ? error.message : String(error)
    return { rows: [], bars: [], notMeasured: [{ what: 'all', reason }], notes: [] }
  })
  return { work: name, about, seconds: (performance.now() - started) / 1000, ...findings }
}

/** Removes the folder at the end, by whichever way it comes. */
async function withScratch(action: (folder: string) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'restage-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const interrupted = () => {
    remove()
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted)
  try {
    await action(folder)
  } finally {
    remove()
  }
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})

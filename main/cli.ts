// The headless program: the same engine as the app, no Electron. Results go to stdout, progress to
// stderr; exit 0 done, 1 failed (one line and what to do), 2 wrong usage, 130 stopped by Ctrl-C.
import { Command, CommanderError } from 'commander'
import { failed } from '../shared/answer'
import {
  doctor,
  exportRun,
  golden,
  inspect,
  predict,
  presetsFor,
  trainFolder,
} from './engine/headless/commands'
import { evaluate } from './engine/headless/evaluateFolder'
import { presetOptions, trainOptions } from './engine/headless/trainOptions'
import { print } from './engine/headless/print'
import { Failure } from '../shared/failure'

function program(): Command {
  const restage = new Command('restage')
    .description('Fine-tune a ResNet on your own photos.')
    .exitOverride()
  const command = (usage: string, description: string) =>
    restage
      .command(usage)
      .description(description)
      .option('--json', 'print one JSON object and nothing else')
      .exitOverride()
  type Json = { json?: boolean }
  command('doctor', 'what computes here, and what is missing').action(async (options: Json) =>
    print(await doctor(), options),
  )
  command('inspect <folder>', 'scan a folder-per-class data set').action(
    async (folder: string, options: Json) => print(await inspect(folder), options),
  )
  trainOptions(
    command('train <folder>', 'fine-tune; every option has a default that works'),
  ).action(async (folder: string, options: Json & Parameters<typeof trainFolder>[1]) =>
    print(await trainFolder(folder, options), options),
  )
  presetOptions(
    command('presets <folder>', 'what each preset would do, how long it takes, which fits'),
  ).action(async (folder: string, options: Json & Parameters<typeof presetsFor>[1]) =>
    print(await presetsFor(folder, options), options),
  )
  command('predict <run> <paths...>', 'files or folders').action(
    async (run: string, paths: string[], options: Json) =>
      print(await predict(run, paths), options),
  )
  command('evaluate <run> <folder>', 'accuracy, scores of each class, confusion')
    .option('--blocks', 'accuracy with each residual block switched off, too')
    .action(async (run: string, folder: string, options: Json & { blocks?: boolean }) =>
      print(await evaluate(run, folder, options), options),
    )
  command('export <run>', 'write, reload and compare')
    .requiredOption('--format <list>', 'tfjs,safetensors')
    .requiredOption('--out <folder>', 'where to write')
    .action(async (run: string, options: Json & { format: string; out: string }) =>
      print(await exportRun(run, options), options),
    )
  command('golden <folder>', "hold the engine against PyTorch's numbers")
    .option('--salt <number>', 'of the generator', '0')
    .option('--precision <name>', 'float32 or bfloat16', 'float32')
    .option('--only <text>', 'cases whose name starts so')
    .action(
      async (
        folder: string,
        options: Json & { salt: string; precision: string; only?: string },
      ) => {
        const result = await golden(folder, options)
        print(result, options)
        if (result.cases.some(({ pass }) => !pass)) process.exitCode = 1
      },
    )
  return restage
}

async function main() {
  try {
    await program().parseAsync(process.argv)
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    if (error instanceof CommanderError) return
    const { message, hint } = failed(error)
    process.stderr.write(`${message} ${hint}\n`)
    if (!(error instanceof Failure))
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  return error instanceof Failure && error.code === 'run-stopped' ? 130 : 1
}

void main()

// What a work is: something measured on our engine and, with --peers, on others; and what a work is
// given to run with.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Precision } from '../shared/device'
import type { Peers } from './peers'
import type { Entrant, Outcome } from './race'
import { row, type Findings, type Row } from './result'
import type { Side } from './rounds'

export interface Bench {
  /** Of the checkout. */
  readonly root: string
  /** This program's own bundle, which also is the inner side of a measurement. */
  readonly program: string
  /** How many rounds each entrant runs. */
  readonly rounds: number
  /** Measure everything in full, instead of a part that is scaled. */
  readonly full: boolean
  /** What `auto` picks on this machine. */
  readonly native: Precision
  readonly peers: Peers | null
  /** A folder that is removed at the end. */
  readonly scratch: string
  readonly say: (line: string) => void
}
export interface Work {
  readonly name: string
  readonly about: string
  /** What it does on our engine in a process of its own; options are its own plain data. */
  readonly sides: Readonly<Record<string, (options: never) => Promise<Side>>>
  readonly run: (bench: Bench) => Promise<Findings>
  /** Left out unless --only names it. */
  readonly onlyWhenNamed?: boolean
}

/** Our engine as an entrant: `side` of the work in a process of its own. */
export const ours = (
  { program }: Bench,
  { who = 'Restage', work, side, options }: OwnEntrant,
): Entrant => ({
  who,
  command: [process.execPath, program, 'side', work, side, JSON.stringify(options)],
})
interface OwnEntrant {
  readonly who?: string
  readonly work: string
  readonly side: string
  readonly options: object
}

/** A peer as an entrant; none without --peers. */
export const peer = (
  { peers }: Bench,
  { who, script, options }: { who: string; script: string; options: object },
): Entrant[] =>
  peers
    ? [{ who, command: [peers.python, join(peers.scripts, script), JSON.stringify(options)] }]
    : []

/** The two ways of PyTorch: as a tutorial writes it (float32 whatever the others run in), and as an
 *  expert tunes it. */
export const torchLayouts = ['default', 'channels_last'] as const
export const torchName = (layout: (typeof torchLayouts)[number]) =>
  layout === 'default' ? 'PyTorch default, float32' : 'PyTorch channels_last'

/** One row for each that was measured: how much it does in a second, divided by `scale`. */
export const rates = (
  outcomes: readonly Outcome[],
  label: { what: string; unit: string; precision: Precision; scale?: number },
): Row[] =>
  outcomes
    .filter(({ rounds }) => rounds.length > 0)
    .map(({ who, rounds }) =>
      row(
        { ...label, who },
        rounds.map(({ amount, seconds }) => amount! / seconds! / (label.scale ?? 1)),
      ),
    )

export const failuresOf = (outcomes: readonly Outcome[]) =>
  outcomes.flatMap(({ who, failure }) => (failure ? [{ what: who, reason: failure }] : []))

export const versionsOf = (outcomes: readonly Outcome[]) =>
  outcomes
    .filter(({ versions }) => Object.keys(versions).length > 0)
    .map(
      ({ who, versions }) =>
        `${who}: ${Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', ')}`,
    )

export const noBfloat16 = 'the processor has neither avx512_bf16 nor amx_bf16'

/** bfloat16 is measured only where the processor supports it; elsewhere it is reported as skipped. */
export const precisionsOn = ({ native }: Bench) => ({
  measured: native === 'bfloat16' ? (['bfloat16', 'float32'] as const) : (['float32'] as const),
  left: native === 'bfloat16' ? [] : [{ what: 'bfloat16', reason: noBfloat16 }],
})

/** A file or folder of the real data beside the checkout; null where there is none. */
export function realData({ root }: Bench, ...path: string[]): string | null {
  const whole = join(root, '..', 'shared', ...path)
  return existsSync(whole) ? whole : null
}

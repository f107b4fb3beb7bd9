// How each curve is drawn, on the screen and in a file: this run's training in ember and validation
// in violet, whatever is compared; other runs by colour and by dashes, so that either is enough.
import type { Curve } from './curves'

export interface LineLook {
  /** A variable of tokens.css. */
  readonly colour: string
  readonly width: number
  /** On and off in pixels; empty: a line without gaps. */
  readonly dash: readonly number[]
  /** Few points, each of which is shown. */
  readonly dots?: true
}

const others: readonly LineLook[] = [
  { colour: '--class-1', width: 1.75, dash: [8, 4] },
  { colour: '--class-3', width: 1.75, dash: [2, 3] },
  { colour: '--class-9', width: 1.75, dash: [12, 3, 2, 3] },
  { colour: '--class-2', width: 1.75, dash: [5, 5] },
  { colour: '--class-7', width: 1.75, dash: [14, 4] },
  { colour: '--class-6', width: 1.75, dash: [1, 4] },
]
/** How many runs can be told apart beside the one that is shown. */
export const mostCompared = others.length

const own = {
  training: { colour: '--ember', width: 2, dash: [] },
  validation: { colour: '--validation', width: 2, dash: [] },
  rate: { colour: '--ink2', width: 2, dash: [] },
  speed: { colour: '--ink2', width: 2, dash: [] },
  earlier: { colour: '--line2', width: 1.25, dash: [] },
  taughtWhole: { colour: '--ember', width: 1.75, dash: [], dots: true },
  outOfFoldWhole: { colour: '--validation', width: 1.75, dash: [], dots: true },
  taughtCloser: { colour: '--ember', width: 1.75, dash: [6, 4], dots: true },
  outOfFoldCloser: { colour: '--validation', width: 1.75, dash: [6, 4], dots: true },
  learned: { colour: '--validation', width: 2, dash: [], dots: true },
  foretold: { colour: '--ink2', width: 1.5, dash: [2, 4], dots: true },
} as const satisfies Readonly<Record<Exclude<Curve['role'], 'other'>, LineLook>>

export function lookOf({ role, mark, faint }: Pick<Curve, 'role' | 'mark' | 'faint'>): LineLook {
  if (role === 'other') return others[mark % others.length]!
  if (!faint) return own[role]
  return { colour: role === 'training' ? '--ember-line' : '--line2', width: 1, dash: [] }
}

// Tables of what was measured, for people: means over the splits, and differences on the same splits. Pure.
import { columns } from '../table'
import { fineTuning, regression } from './names'
import { foretold, meanOf, pairedDifference, type Mean } from './paired'
import type { Measured } from './results'

const order = ['quick', 'balanced', 'thorough', regression, fineTuning]

export function report(rows: readonly Measured[]): string[] {
  const tables = groupBy(rows, ({ set, content, weights, size }) =>
    JSON.stringify([set, content, weights, size]),
  )
  return [...tables.values()].flatMap((table) => ['', ...tableOf(table)])
}

function tableOf(rows: readonly Measured[]): string[] {
  const [{ set, weights, size, taught, heldBack, classes }] = rows as [Measured]
  const byWho = groupBy(rows, ({ who }) => who)
  const names = [...byWho.keys()].sort((a, b) => order.indexOf(a) - order.indexOf(b))
  const bySplit = (who: string, value: (row: Measured) => number) =>
    new Map((byWho.get(who) ?? []).map((row) => [row.split, value(row)]))
  const difference = (who: string, other: string) =>
    who === other || !byWho.has(other)
      ? ''
      : points(pairedDifference(bySplit(who, accuracyOf), bySplit(other, accuracyOf)))
  const lines = names.map((who) => {
    const own = byWho.get(who)!
    const mean = (value: (row: Measured) => number) => meanOf(own.map(value))
    return [
      ...[
        who,
        String(own.length),
        percent(mean(accuracyOf)),
        percent(mean((r) => r.balancedAccuracy)),
      ],
      ...[mean((r) => r.logLoss).mean.toFixed(3), mean((r) => r.ece).mean.toFixed(3)],
      ...[mean((r) => r.seconds).mean.toFixed(1), difference(who, regression)],
      ...[difference(who, 'quick'), intervalsOf(own)],
    ]
  })
  return [
    `${set}, ${weights.replace(/.*[\\/]/, '')}, ${size === 'all' ? 'all photos' : `${size} photos a class`}: ` +
      `${taught} teach, ${heldBack} judge, ${classes} classes`,
    ...columns([heads, ...lines]),
  ]
}

const heads = [
  ...['', 'splits', 'accuracy %', 'balanced %', 'log-loss', 'ECE', 'seconds'],
  ...[`minus ${regression}`, 'minus quick', 'figure right'],
]

const accuracyOf = ({ accuracy }: Measured) => accuracy

/** Share of the splits in which the foretold interval agrees with the held-back accuracy, and in which it
 *  holds that accuracy. */
function intervalsOf(rows: readonly Measured[]): string {
  const told = rows.flatMap(({ figure, accuracy, heldBack }) =>
    figure
      ? [{ ...foretold(figure, { accuracy, photos: heldBack }), off: figure.accuracy - accuracy }]
      : [],
  )
  if (told.length === 0) return ''
  const share = (right: readonly boolean[]) =>
    `${((100 * right.filter(Boolean).length) / right.length).toFixed(0)} %`
  const off = meanOf(told.map((one) => one.off))
  return (
    `${share(told.map(({ agrees }) => agrees))} (bare ${share(told.map(({ holds }) => holds))}, ` +
    `figure ${points(off)})`
  )
}

const percent = ({ mean, error }: Mean) => `${(100 * mean).toFixed(1)}${plusMinus(error)}`

const points = (difference: Mean | null) =>
  difference === null
    ? ''
    : `${difference.mean < 0 ? '' : '+'}${(100 * difference.mean).toFixed(1)}${plusMinus(difference.error)}`

const plusMinus = (error: number) => (Number.isNaN(error) ? '' : ` ± ${(100 * error).toFixed(1)}`)

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

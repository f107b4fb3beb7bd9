// What runs are called: the name that it was given, else its network and what of it learned.
import type { RunSummary } from '../../shared/runList'
import { isHeadAlone } from './exactHead'

export type Translate = (key: string, named: Record<string, unknown>, plural?: number) => string

/** "Second try"; "ResNet-50, head"; "ResNet-18, 3 stages train". */
export function nameOfRun(
  run: Pick<RunSummary, 'architecture' | 'trains'> & Partial<Pick<RunSummary, 'name'>>,
  t: Translate,
): string {
  if (run.name) return run.name
  const architecture = run.architecture.replace('resnet', 'ResNet-')
  const count = run.trains.length
  const trains = isHeadAlone(run.trains)
    ? t('trainRoom.justHead', {})
    : t('trainRoom.stagesTrain', { count }, count)
  return t('trainRoom.run', { architecture, trains })
}

/** Names by id; those that several of these runs have are followed by when each was made. */
export function distinctNames(
  runs: readonly RunSummary[],
  t: Translate,
  locale: string,
): ReadonlyMap<string, string> {
  const names = runs.map((run) => nameOfRun(run, t))
  return new Map(
    runs.map(({ runId, created }, i) => {
      const name = names[i]!
      const shared = names.indexOf(name) !== names.lastIndexOf(name)
      const when = () =>
        new Date(created).toLocaleString(locale, { timeStyle: 'medium', dateStyle: 'short' })
      return [runId, shared ? `${name}, ${when()}` : name]
    }),
  )
}

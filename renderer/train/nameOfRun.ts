// What a run is called: the name that it was given, else its network and what of it learned.
import type { RunSummary } from '../../shared/run'

export type Translate = (key: string, named: Record<string, unknown>, plural?: number) => string

/** "Second try"; "ResNet-50, head"; "ResNet-18, 3 stages train". */
export function nameOfRun(
  run: Pick<RunSummary, 'architecture' | 'trains'> & Partial<Pick<RunSummary, 'name'>>,
  t: Translate,
): string {
  if (run.name) return run.name
  const architecture = run.architecture.replace('resnet', 'ResNet-')
  const count = run.trains.length
  const trains =
    count === 1 && run.trains[0] === 'head'
      ? t('trainRoom.justHead', {})
      : t('trainRoom.stagesTrain', { count }, count)
  return t('trainRoom.run', { architecture, trains })
}

// What a run is called: its network and what of it learned, since a run has no name of its own.
import type { RunSummary } from '../../shared/run'

export type Translate = (key: string, named: Record<string, unknown>, plural?: number) => string

/** "ResNet-50, head"; "ResNet-18, 3 stages train". */
export function nameOfRun(run: Pick<RunSummary, 'architecture' | 'trains'>, t: Translate): string {
  const architecture = run.architecture.replace('resnet', 'ResNet-')
  const count = run.trains.length
  const trains =
    count === 1 && run.trains[0] === 'head'
      ? t('trainRoom.justHead', {})
      : t('trainRoom.stagesTrain', { count }, count)
  return t('trainRoom.run', { architecture, trains })
}

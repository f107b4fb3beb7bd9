import type { CallsBy, Handlers } from '../../../shared/contract'
import type { EngineContext } from './context'
import type { InternalHandlers } from '../../../shared/contract'
import { pairsOf } from '../runs/pairedRuns'
import { done } from './done'

type Own = Handlers<
  Exclude<Extract<CallsBy<'engine'>, `${'run' | 'queue'}.${string}`>, 'run.exportTensorBoard'>
> &
  Pick<InternalHandlers, Extract<keyof InternalHandlers, `run.${string}`>>

export function runHandlers(context: EngineContext): Own {
  const { runner, inputs, rates, projects } = context
  return {
    'run.plan': (config) => inputs.plan(config),
    'run.start': (config) => runner.startNew(config),
    'run.pause': () => done(runner.pause()),
    'run.resume': () => done(runner.resume()),
    'run.stop': () => done(runner.stop()),
    'run.history': ({ runId }) => runner.history(runId),
    'run.list': () => runner.list(),
    'run.compare': ({ runIds }) => pairsOf(runIds, (runId) => runner.existing(runId)),
    'run.continue': ({ runId }) => done(runner.goOn(runId)),
    'run.annotate': ({ runId, ...notes }) => done(runner.annotate(runId, notes)),
    'run.presets': (config) => inputs.presets(config),
    'run.findRate': (config) => rates.find(config),
    'run.cancelFindRate': () => done(rates.cancel()),
    'run.previewAugmentation': (input) => inputs.previewAugmentation(input),
    'run.folder': ({ runId }) => ({ path: runner.existing(runId) }),
    'run.active': () => ({ runId: runner.activeId }),
    'run.asleep': ({ asleep }) =>
      done(asleep ? runner.pause('asleep') : runner.causeGone('asleep')),
    'run.rest': (how) => done(context.close(how)),
    'queue.add': ({ items }) => projects.queue.add(items),
    'queue.list': () => projects.queue.list(),
    'queue.cancel': ({ ids }) => done(projects.queue.cancel(ids)),
  }
}

// Whether a run's head is solved exactly: there are no epochs, no learning rate and no best epoch then. Pure.
import type { Stage } from '../../shared/network'
import type { RunConfig } from '../../shared/runConfig'
import type { RunState } from '../../shared/runState'

export const isHeadAlone = (trains: readonly Stage[]) => trains.length === 1 && trains[0] === 'head'

/** Above stages that train, a head can only be found by gradient steps. */
export const isSolved = ({ solver }: Pick<RunConfig, 'solver'>, trains: readonly Stage[]) =>
  solver === 'exact' && isHeadAlone(trains)

export const isSolvedRun = ({ started }: RunState) =>
  started !== null && isSolved(started.config, started.plan.trains)

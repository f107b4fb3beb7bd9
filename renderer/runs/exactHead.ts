// Whether a run's head is solved exactly: there are no epochs, no learning rate and no best epoch then. Pure.
import type { Stage } from '../../shared/network'
import { isSolved } from '../../shared/runConfig'
import type { RunState } from '../../shared/runState'

export const isHeadAlone = (trains: readonly Stage[]) => trains.length === 1 && trains[0] === 'head'

export const isSolvedRun = ({ started }: RunState) =>
  started !== null && isSolved(started.config, started.plan.trains)

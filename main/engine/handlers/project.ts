import type { CallsBy, Handlers } from '../../../shared/contract'
import type { EngineContext } from './context'
import { done } from './done'

type Own = Handlers<Extract<CallsBy<'engine'>, `project.${string}`>>

export const projectHandlers = ({ projects }: EngineContext): Own => ({
  'project.list': () => projects.list(),
  'project.create': ({ name }) => projects.create(name),
  'project.open': ({ id }) => projects.openById(id),
  'project.problems': () => projects.problems(),
  'project.rename': ({ name }) => done(projects.dataset.rename(name)),
})

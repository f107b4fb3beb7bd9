// Calls and events about projects.
import { z } from 'zod'
import { DatasetSnapshot } from '../dataset'
import { FailureDetails } from '../failure'
import { call, none, nothing, path } from './call'

/** A failure that is told beside the answers, in the form in which it is shown. */
export const ToldFailure = z.object({
  code: z.string(),
  details: FailureDetails,
  message: z.string(),
  hint: z.string(),
})
export type ToldFailure = z.infer<typeof ToldFailure>

export const ProjectSummary = z.object({
  id: z.string(),
  /** The folder's name where the project's own cannot be read. */
  name: z.string(),
  modified: z.number(),
  pictures: z.number(),
  folder: path,
  /** Why it cannot be opened; null: nothing is known to be wrong. */
  damage: ToldFailure.nullable(),
})
export type ProjectSummary = z.infer<typeof ProjectSummary>

export const projectCalls = {
  'project.list': call({ by: 'engine', input: none, output: z.array(ProjectSummary) }),
  'project.create': call({
    by: 'engine',
    input: z.object({ name: z.string().min(1).max(120) }),
    output: DatasetSnapshot,
  }),
  'project.open': call({
    by: 'engine',
    input: z.object({ id: z.string().max(64) }),
    output: DatasetSnapshot,
  }),
  'project.rename': call({
    by: 'engine',
    input: z.object({ name: z.string().min(1).max(120) }),
    output: nothing,
  }),
  /** What was found damaged since the engine started, for a window that was not there to hear of it. */
  'project.problems': call({ by: 'engine', input: none, output: z.array(ToldFailure) }),
} as const

export const projectEvents = {
  /** Something of the open project was damaged, or cannot be written at present. */
  'project.problem': ToldFailure,
} as const

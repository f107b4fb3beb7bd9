// Calls and events about projects.
import { z } from 'zod'
import { DatasetSnapshot } from '../dataset'
import { call, none, nothing } from './call'

export const ProjectSummary = z.object({
  id: z.string(),
  name: z.string(),
  modified: z.number(),
  pictures: z.number(),
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
} as const

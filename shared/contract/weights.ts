// Calls and events about weights and the networks they are for.
import { z } from 'zod'
import { Architecture, Cut, Flavour, NetworkPicture, WeightsChoice } from '../network'
import { call, none, nothing, path } from './call'

export const weightsCalls = {
  'network.describe': call({
    by: 'engine',
    input: z.object({
      architecture: Architecture,
      flavour: Flavour.default('standard'),
      cut: Cut.nullable(),
      size: z.number().int().min(32).max(1024),
      classes: z.number().int().min(1).max(100_000),
    }),
    output: NetworkPicture,
  }),
  'weights.list': call({ by: 'engine', input: none, output: z.array(WeightsChoice) }),
  'weights.inspect': call({
    by: 'engine',
    input: z.object({ path }),
    output: WeightsChoice,
    paths: (input) => [input.path],
  }),
  'weights.download': call({
    by: 'engine',
    input: z.object({ id: z.string().max(64) }),
    output: nothing,
  }),
  'weights.cancel': call({
    by: 'engine',
    input: z.object({ id: z.string().max(64) }),
    output: nothing,
  }),
} as const

export const weightsEvents = {
  'weights.progress': z.object({
    id: z.string(),
    received: z.number(),
    total: z.number().nullable(),
    state: z.enum(['downloading', 'done', 'failed', 'cancelled']),
    message: z.string().nullable(),
  }),
} as const

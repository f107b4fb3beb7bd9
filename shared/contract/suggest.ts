// Calls and events about suggestions from features.
import { z } from 'zod'
import { PictureId } from '../dataset'
import { LabelSuggestions, Similar, SuggestState } from '../suggest'
import { call, none, nothing, weightsFiles } from './call'

export const suggestCalls = {
  // Features are computed in the background after suggest.prepare, which answers at once and is to be
  // asked again when pictures came in: what is there already is not computed anew.
  'suggest.prepare': call({
    by: 'engine',
    input: z.object({ weights: z.string().min(1).max(32_768).default('starter') }),
    output: SuggestState,
    paths: ({ weights }) => weightsFiles(weights),
  }),
  'suggest.cancel': call({ by: 'engine', input: none, output: nothing }),
  'suggest.state': call({ by: 'engine', input: none, output: SuggestState }),
  /** The most alike first, without the picture itself; empty while its features are not there. */
  'suggest.similar': call({
    by: 'engine',
    input: z.object({ picture: PictureId, limit: z.number().int().min(1).max(1_000_000) }),
    output: z.array(Similar),
  }),
  /** Suggestions at least as confident as the threshold, for pictures without a class. */
  'suggest.labels': call({
    by: 'engine',
    input: z.object({ threshold: z.number().min(0).max(1).default(0) }),
    output: LabelSuggestions,
  }),
  /** Pictures without a class in the order in which labelling them teaches most. */
  'suggest.next': call({
    by: 'engine',
    input: z.object({ count: z.number().int().min(1).max(10_000) }),
    output: z.object({ pictures: z.array(PictureId) }),
  }),
} as const

export const suggestEvents = {
  'suggest.progress': SuggestState,
} as const

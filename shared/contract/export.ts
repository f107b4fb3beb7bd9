// Calls and events about models that leave the app.
import { z } from 'zod'
import { ExportFormat, ExportResult } from '../evaluation'
import { call, runId, path } from './call'

export const exportCalls = {
  'export.write': call({
    by: 'engine',
    input: z.object({
      runId,
      formats: z.array(ExportFormat).min(1),
      folder: path,
    }),
    output: z.array(ExportResult),
    paths: (input) => [input.folder],
  }),
} as const

import type { Handlers } from '../../../shared/contract'
import type { EngineContext } from './context'
import { exportModel } from '../export/exportModel'
import { exportTensorBoard } from '../export/tensorBoard'

type Own = Handlers<'export.write' | 'run.exportTensorBoard'>

export const exportHandlers = ({ runner }: EngineContext): Own => ({
  'export.write': ({ runId, formats, folder }) =>
    exportModel(runner.existing(runId), {
      formats,
      folder,
      name: runner.nameOf(runId),
    }),
  'run.exportTensorBoard': ({ runIds, folder }) =>
    exportTensorBoard(
      runIds.map((runId) => runner.existing(runId)),
      folder,
    ),
})

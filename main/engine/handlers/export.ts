import type { Handlers } from '../../../shared/contract'
import type { EngineContext } from '../context'
import { exportModel } from '../export/exportModel'
import { exportTensorBoard } from '../export/tensorBoard'

type Own = Handlers<'export.write' | 'run.exportTensorBoard'>

export const exportHandlers = ({ runFolder }: EngineContext): Own => ({
  'export.write': ({ runId, formats, folder }) =>
    exportModel(runFolder(runId), { formats, folder }),
  'run.exportTensorBoard': ({ runIds, folder }) => exportTensorBoard(runIds.map(runFolder), folder),
})

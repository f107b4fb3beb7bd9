import type { Handlers } from '../../../shared/contract'
import type { EngineContext } from '../context'
import { exportModel } from '../export/exportModel'
import { exportTensorBoard } from '../export/tensorBoard'
import { nameOfRun } from '../runFiles/notes'

type Own = Handlers<'export.write' | 'run.exportTensorBoard'>

export const exportHandlers = ({ runFolder }: EngineContext): Own => ({
  'export.write': ({ runId, formats, folder }) =>
    exportModel(runFolder(runId), { formats, folder, name: nameOfRun(runFolder(runId)) }),
  'run.exportTensorBoard': ({ runIds, folder }) => exportTensorBoard(runIds.map(runFolder), folder),
})

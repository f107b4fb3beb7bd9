import type { CallsBy, Handlers } from '../../../shared/contract'
import type { EngineContext } from './context'
import { sampleLeaves } from '../leaves/sampleLeaves'
import { done } from './done'

type Own = Handlers<Extract<CallsBy<'engine'>, `dataset.${string}`>>

export const datasetHandlers = ({ projects, suggester, home }: EngineContext): Own => ({
  'dataset.snapshot': () => projects.dataset.snapshot(),
  'dataset.pictures': ({ from, count }) => projects.dataset.pictures(from, count),
  'dataset.scan': ({ paths }) => projects.dataset.scan(paths),
  'dataset.add': (input) => projects.dataset.add(input),
  'dataset.addSample': async () =>
    projects.dataset.add({ paths: [await sampleLeaves(home.folder)], classId: null }),
  'dataset.edit': (edit) => done(projects.dataset.edit(edit)),
  'dataset.health': () => suggester.health(),
  'dataset.importLabels': (input) => projects.dataset.importLabels(input),
  'dataset.exportLabels': ({ folder }) => projects.dataset.exportLabels(folder),
  'dataset.exportFolders': (input) => projects.dataset.exportFolders(input),
  'dataset.checkFiles': () => projects.dataset.checkFiles(),
  'dataset.missing': () => projects.dataset.missing(),
  'dataset.relocate': ({ from, to }) => projects.dataset.relocate(from, to),
})

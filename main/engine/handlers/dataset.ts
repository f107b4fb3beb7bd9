import type { CallsBy, Handlers } from '../../../shared/contract'
import { unpackGroups } from '../../../shared/pictureSettings'
import type { EngineContext } from '../context'
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
  'dataset.forget': ({ pictures }) => done(projects.dataset.forget(pictures)),
  'dataset.set': ({ groups }) => done(projects.dataset.set(unpackGroups(groups))),
  'dataset.addClass': ({ name }) => projects.dataset.addClass(name),
  'dataset.renameClass': ({ classId, name }) => done(projects.dataset.renameClass(classId, name)),
  'dataset.colourClasses': ({ classIds, colour }) =>
    done(projects.dataset.colourClasses(classIds, colour)),
  'dataset.orderClasses': ({ classIds }) => done(projects.dataset.orderClasses(classIds)),
  'dataset.removeClasses': ({ classIds, mergeInto }) =>
    done(projects.dataset.removeClasses(classIds, mergeInto)),
  'dataset.drawSplits': ({ policy, again }) => done(projects.dataset.drawSplits(policy, again)),
  'dataset.undo': () => done(projects.dataset.undo()),
  'dataset.redo': () => done(projects.dataset.redo()),
  'dataset.health': () => suggester.health(),
  'dataset.importLabels': (input) => projects.dataset.importLabels(input),
  'dataset.exportLabels': ({ folder }) => projects.dataset.exportLabels(folder),
  'dataset.exportFolders': (input) => projects.dataset.exportFolders(input),
  'dataset.checkFiles': () => projects.dataset.checkFiles(),
  'dataset.missing': () => projects.dataset.missing(),
  'dataset.relocate': ({ from, to }) => projects.dataset.relocate(from, to),
})

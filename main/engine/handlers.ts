// What the engine answers: each call of the contract to the part that knows. No logic of its own.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { EngineStatus, Post } from '../../shared/contract'
import { unpackGroups } from '../../shared/pictureSettings'
import { thumbnail } from './pictures/decode'
import { isHeic, keepDecodedHeic } from './pictures/heic'
import { drawLeaves } from './leaves/leaves'
import { createProject, listProjects, openProject } from './dataset/project'
import { openThumbnails } from './pictures/thumbnails'
import { background, lookFirst } from './files/turns'
import { openDevice } from './device/device'
import { blockEffects } from './evaluation/blocks'
import { evaluateSamples, predictBytes, predictPaths } from './evaluation/model'
import { exportModel } from './export/exportModel'
import { exportTensorBoard } from './export/tensorBoard'
import { buildNetwork } from './network/family'
import { pictureOf } from './network/networkPicture'
import type { EngineHandlers } from './port'
import { annotate, readNotes } from './runFiles/notes'
import { clearFeatureCaches, featureCacheUse } from './features/features'
import { homePaths } from './files/home'
import { WeightsShelf } from './weights/weightsShelf'
import { Workspace } from './workspace'

export interface HandlerOptions {
  readonly home: string
  readonly assets: string
  readonly post: Post
  /** The engine crashed and was started again. */
  readonly again?: boolean
}
const previewTypes: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
}
const previewSide = 1024
/** Milliseconds that it waits for thumbnails at most. */
const devicePatience = 1000

export async function createHandlers({
  home: folder,
  assets,
  post,
  again = false,
}: HandlerOptions): Promise<EngineHandlers> {
  const home = { folder, assets }
  const workspace = new Workspace(home, post)
  const { runner } = workspace
  const shelf = new WeightsShelf(home, post)
  keepDecodedHeic(homePaths(home).heic)
  const thumbnails = openThumbnails(homePaths(home).thumbnails)
  await workspace.openLatest({ again })
  // A person waits for the pictures. What computes takes a second to load, all in one piece, and
  // nothing on the first screen needs it.
  let opened: Promise<EngineStatus> | null = null
  const openOnce = async () => {
    await background(devicePatience)
    const status = await openDevice(home)
    post('engine.status', status)
    workspace.goOn().catch(logBug)
    return status
  }
  const device = () => (opened ??= openOnce())
  // A window asks, once it has its pictures; one that was there before a crash does not.
  if (again) void device()
  const done = async (work: unknown): Promise<null> => {
    await work
    return null
  }
  return {
    'engine.status': () => device(),

    'cache.use': () => featureCacheUse(homePaths(home).features),
    'cache.clear': () => done(clearFeatureCaches(homePaths(home).features)),

    'project.list': () => listProjects(workspace.projectsRoot),
    'project.create': async ({ name }) =>
      workspace.use(await createProject(workspace.projectsRoot, name)),
    'project.open': async ({ id }) => workspace.use(await openProject(workspace.projectsRoot, id)),
    'project.rename': ({ name }) => done(workspace.dataset.rename(name)),

    'dataset.snapshot': () => workspace.dataset.snapshot(),
    'dataset.pictures': ({ from, count }) => workspace.dataset.pictures(from, count),
    'dataset.scan': ({ paths }) => workspace.dataset.scan(paths),
    'dataset.add': (input) => workspace.dataset.add(input),
    'dataset.addSample': async () => {
      const sample = join(folder, 'sample-leaves')
      if (!existsSync(join(sample, 'Willow')))
        await drawLeaves(sample, { seed: 1, perClass: 60, size: 160 })
      return workspace.dataset.add({ paths: [sample], classId: null })
    },
    'dataset.forget': ({ pictures }) => done(workspace.dataset.forget(pictures)),
    'dataset.set': ({ groups }) => done(workspace.dataset.set(unpackGroups(groups))),
    'dataset.addClass': ({ name }) => workspace.dataset.addClass(name),
    'dataset.renameClass': ({ classId, name }) =>
      done(workspace.dataset.renameClass(classId, name)),
    'dataset.colourClasses': ({ classIds, colour }) =>
      done(workspace.dataset.colourClasses(classIds, colour)),
    'dataset.orderClasses': ({ classIds }) => done(workspace.dataset.orderClasses(classIds)),
    'dataset.removeClasses': ({ classIds, mergeInto }) =>
      done(workspace.dataset.removeClasses(classIds, mergeInto)),
    'dataset.drawSplits': ({ policy, again }) => done(workspace.dataset.drawSplits(policy, again)),
    'dataset.undo': () => done(workspace.dataset.undo()),
    'dataset.redo': () => done(workspace.dataset.redo()),
    'dataset.health': () => workspace.health(),
    'dataset.importLabels': (input) => workspace.dataset.importLabels(input),
    'dataset.exportLabels': ({ folder: into }) => workspace.dataset.exportLabels(into),
    'dataset.exportFolders': (input) => workspace.dataset.exportFolders(input),
    'dataset.checkFiles': () => workspace.dataset.checkFiles(),
    'dataset.missing': () => workspace.dataset.missing(),
    'dataset.relocate': ({ from, to }) => workspace.dataset.relocate(from, to),

    'suggest.prepare': ({ weights }) => workspace.suggester.prepare(weights),
    'suggest.cancel': () => done(workspace.suggester.cancel()),
    'suggest.state': () => workspace.suggester.state,
    'suggest.similar': ({ picture, limit }) => workspace.suggester.similar(picture, limit),
    'suggest.labels': ({ threshold }) => workspace.suggester.labels(threshold),
    'suggest.next': async ({ count }) => ({ pictures: await workspace.suggester.next(count) }),

    'network.describe': ({ classes, ...options }) =>
      pictureOf(buildNetwork({ ...options, classes }), classes),

    'weights.list': () => shelf.list(),
    'weights.inspect': ({ path }) => shelf.inspect(path),
    'weights.download': ({ id }) => done(shelf.download(id)),
    'weights.cancel': ({ id }) => done(shelf.cancel(id)),

    'run.plan': (config) => workspace.plan(config),
    'run.start': (config) => workspace.start(config),
    'run.pause': () => done(runner.pause()),
    'run.resume': () => done(runner.resume()),
    'run.stop': () => done(runner.stop()),
    'run.history': ({ runId }) => workspace.history(runId),
    'run.list': () => runner.list(),
    'run.continue': ({ runId }) => done(runner.goOn(runId)),
    'run.annotate': ({ runId, ...notes }) => done(annotate(workspace.runFolder(runId), notes)),
    'run.exportTensorBoard': ({ runIds, folder: into }) =>
      exportTensorBoard(
        runIds.map((runId) => {
          const run = workspace.runFolder(runId)
          return { folder: run, name: readNotes(run).name }
        }),
        into,
      ),
    'run.presets': (config) => workspace.presets(config),
    'run.findRate': (config) => workspace.rates.find(config),
    'run.cancelFindRate': () => done(workspace.rates.cancel()),
    'run.previewAugmentation': (input) => workspace.previewAugmentation(input),
    'run.folder': ({ runId }) => ({ path: workspace.runFolder(runId) }),
    'run.active': () => ({ runId: runner.activeId }),
    'run.asleep': ({ asleep }) =>
      done(asleep ? runner.pause('asleep') : runner.causeGone('asleep')),
    'run.rest': (how) => done(workspace.close(how)),
    'queue.add': ({ items }) => workspace.queue.add(items),
    'queue.list': () => workspace.queue.list(),
    'queue.cancel': ({ ids }) => done(workspace.queue.cancel(ids)),

    'evaluate.run': async ({ runId, split }) =>
      evaluateSamples(
        await workspace.openModel(runId),
        workspace.samplesKnownTo(runId, split),
        split,
      ),
    'evaluate.blocks': async ({ runId, split }) =>
      blockEffects(await workspace.openModel(runId), workspace.samplesKnownTo(runId, split)),
    'predict.pictures': async ({ runId, paths }) =>
      predictPaths(await workspace.openModel(runId), paths),
    'predict.image': async ({ runId, bytes }) =>
      predictBytes(await workspace.openModel(runId), bytes),
    'export.write': ({ runId, formats, folder: into }) => {
      const run = workspace.runFolder(runId)
      return exportModel(run, { formats, folder: into, name: readNotes(run).name || runId })
    },

    'picture.thumbnail': async ({ id, size }) => ({
      bytes: new Uint8Array(await thumbnails.get(workspace.dataset.picture(id), size)),
      type: 'image/webp',
    }),
    'picture.preview': async ({ id }) => {
      const { path } = workspace.dataset.picture(id)
      const type = previewTypes[extname(path).toLowerCase()]
      const bytes = type ? await readFile(path) : null
      // Phones' pictures are often called JPEG when they are not.
      return type && bytes && !isHeic(bytes)
        ? { bytes: new Uint8Array(bytes), type }
        : {
            bytes: new Uint8Array(await lookFirst(() => thumbnail(path, previewSide))),
            type: 'image/webp',
          }
    },
  }
}

const logBug = (error: unknown) =>
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)

// Answers the contract's `app.*` calls: about the app, and the system's dialogs. What is chosen in a
// dialog is granted on the spot. With RESTAGE_CHOOSE (tests) the answers come from that map instead,
// for a driver cannot click in a dialog of the system.
import { dialog, shell, type BrowserWindow, type OpenDialogOptions } from 'electron'
import { z } from 'zod'
import type { CallInput, CallsBy, Handlers } from '../shared/contract'
import type { AskEngine } from './askEngine'
import type { Closing } from './closing'
import type { Grants } from './grants'
import { trashRuns } from './trash'

interface AppCallsOptions {
  readonly version: string
  readonly window: () => BrowserWindow | null
  readonly grants: Grants
  /** JSON: what is chosen -> paths. */
  readonly chooseFrom: string | undefined
  readonly closing: Pick<Closing, 'answer'>
  readonly askEngine: AskEngine
}

type What = CallInput<'app.choose'>['what']

// A filter's name is its formats, which are called the same in every language.
const photos = {
  name: 'JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC',
  extensions: 'jpg jpeg jpe jfif png webp gif bmp tif tiff avif heic heif hif'.split(' '),
}
const weights = {
  name: 'safetensors, PyTorch, Keras',
  extensions: ['safetensors', 'pth', 'pt', 'bin', 'ckpt', 'tar', 'h5', 'keras'],
}
const everything = { name: '*', extensions: ['*'] }

const dialogs: Readonly<Record<What, OpenDialogOptions>> = {
  photos: { properties: ['openFile', 'multiSelections'], filters: [photos, everything] },
  folder: { properties: ['openDirectory'] },
  labels: {
    properties: ['openFile'],
    filters: [{ name: 'CSV, COCO JSON', extensions: ['csv', 'tsv', 'txt', 'json'] }, everything],
  },
  weights: { properties: ['openFile'], filters: [weights, everything] },
  picture: { properties: ['openFile', 'multiSelections'], filters: [photos, everything] },
  'export-folder': { properties: ['openDirectory', 'createDirectory'] },
}

export function createAppCalls(options: AppCallsOptions): Handlers<CallsBy<'main'>> {
  const { version, window, grants, chooseFrom, closing, askEngine } = options
  const prepared =
    chooseFrom === undefined
      ? null
      : z.record(z.string(), z.array(z.string())).parse(JSON.parse(chooseFrom))

  const choose = async (what: What): Promise<readonly string[]> => {
    if (prepared) return prepared[what] ?? []
    const parent = window()
    const { canceled, filePaths } = parent
      ? await dialog.showOpenDialog(parent, dialogs[what])
      : await dialog.showOpenDialog(dialogs[what])
    return canceled ? [] : filePaths
  }

  return {
    'app.info': () => ({
      version,
      electron: process.versions.electron ?? '',
      platform: process.platform,
    }),
    'app.choose': async ({ what }) => {
      const paths = await choose(what)
      grants.grant(paths)
      return { paths: [...paths] }
    },
    'app.close': ({ then }) => {
      // The window may be gone before this is answered.
      void closing.answer(then)
      return null
    },
    'run.trash': (input) =>
      trashRuns(input, { askEngine, trashItem: (path) => shell.trashItem(path) }),
    'app.showInFolder': async (shown) => {
      const { path } =
        'path' in shown ? shown : await askEngine('picture.path', { id: shown.picture })
      shell.showItemInFolder(path)
      return null
    },
  }
}

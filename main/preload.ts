// Runs in the window's isolated world and puts the contract's Api on `window.restage`, nothing else.
// A name only ever reaches a channel under our own prefix, and main answers only those in the
// contract; the contract's value stays out of here, for its schemas would make this file 470 kB
// instead of 1. A dropped file's path is told to main, which grants it, before the page gets to see
// it; what a script made up is no File or has no path, and is left out.
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron'
import type { Api } from '../shared/contract'
import { callChannel, eventChannel, grantChannel } from './channels'

const api: Api = {
  call: (name, ...[input]) => ipcRenderer.invoke(callChannel(name), input),
  on: (name, listener) => {
    const channel = eventChannel(name)
    const relay = (_event: IpcRendererEvent, payload: Parameters<typeof listener>[0]) =>
      listener(payload)
    ipcRenderer.on(channel, relay)
    return () => void ipcRenderer.removeListener(channel, relay)
  },
  pathsOf: (files) => {
    const paths = files.map(pathOf).filter((path) => path !== '')
    if (paths.length > 0) ipcRenderer.sendSync(grantChannel, paths)
    return paths
  },
}

/** webUtils came with Electron 29; before, the File told its path itself. Empty where it has none. */
function pathOf(file: unknown): string {
  // Else an object like {path: '/etc/passwd'} would pass for a file in Electron 22.
  if (!(file instanceof File)) return ''
  const current = webUtils as typeof webUtils | undefined
  return current ? current.getPathForFile(file) : (file as File & { readonly path: string }).path
}

contextBridge.exposeInMainWorld('restage', api)

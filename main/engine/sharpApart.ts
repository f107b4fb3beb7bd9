// Must be imported before anything that loads sharp. On Linux, Electron's executable brings its own
// GLib (for GTK), and sharp's libvips would bind half to that one and half to the one it ships, which
// ends in thousands of GObject complaints. Bound to its own libraries first, it never meets the other.
import os from 'node:os'

const deepBind = os.constants.dlopen.RTLD_DEEPBIND as number | undefined
const open = process.dlopen.bind(process)

if (process.platform === 'linux' && process.versions.electron !== undefined && deepBind) {
  const flags = os.constants.dlopen.RTLD_LAZY | deepBind
  process.dlopen = (module: object, filename: string, given?: number) =>
    /[\\/]sharp[^\\/]*\.node$/.test(filename)
      ? open(module, filename, flags)
      : open(module, filename, given ?? os.constants.dlopen.RTLD_LAZY)
}

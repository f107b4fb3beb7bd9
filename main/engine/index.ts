// The engine's entry in Electron: a utility process that computes and answers main over its port.
// It runs at low priority, so that the computer stays usable while a model trains.
import os from 'node:os'
import { createHandlers } from './handlers'
import { postTo, serve, startedAgain, type Port } from './port'

const port = (process as unknown as { readonly parentPort?: Port }).parentPort
const { RESTAGE_HOME: home, RESTAGE_ASSETS: assets } = process.env
if (!port || !home || !assets) {
  throw new Error('The engine wants a parent port, RESTAGE_HOME and RESTAGE_ASSETS')
}

try {
  os.setPriority(10)
} catch (error) {
  // Some containers forbid it; training then competes with everything else, but it works.
  process.stderr.write(`The priority could not be lowered: ${String(error)}\n`)
}

const again = process.argv.includes(startedAgain)
const handlers = createHandlers({ home, assets, post: postTo(port), again })
serve({
  port,
  handlers,
  // A run is kept to go on with another time; where none goes on there is nothing to do.
  onShutdown: async () => {
    const { 'run.rest': rest } = await handlers
    await rest({ stop: false })
  },
})

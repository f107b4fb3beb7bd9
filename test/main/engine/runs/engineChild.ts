// The engine on plain Node, with a parent port as Electron's utility process has: bundled and forked by
// tests that kill it.
const port = {
  on: (_event: 'message', listener: (message: { data: unknown }) => void) =>
    process.on('message', (data) => listener({ data })),
  postMessage: (message: unknown) => process.send!(message),
}
Object.assign(process, { parentPort: port })
void import('../../../../main/engine/index')

// Main's half of the contract: one IPC handler a call. It lets through only our own window's top
// frame, and only paths that the person granted; it answers its own calls and passes the others on
// to the engine, which parses them. The caller always gets an Answer; bugs are logged here.
import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron'
import { z } from 'zod'
import { failed, succeeded } from '../shared/answer'
import {
  calls,
  type Answer,
  type CallName,
  type CallsBy,
  type EventName,
  type Handlers,
} from '../shared/contract'
import { Failure } from '../shared/failure'
import { appOrigin } from './appProtocol'
import { callChannel, eventChannel, grantChannel } from './channels'
import type { Grants } from './grants'

interface RouterOptions {
  /** The window's contents, null while there is no window. */
  readonly contents: () => WebContents | null
  readonly handlers: Handlers<CallsBy<'main'>>
  /** Passes a call of the window on to the engine, which parses it. */
  readonly request: (name: string, input: unknown) => Promise<Answer<unknown>>
  readonly grants: Grants
  readonly log: { error(text: string): void }
}

/** As much of the list of runs as is looked at here. */
const RunWeights = z.array(z.object({ weights: z.string().nullable() }))

interface AnyCall {
  readonly by: 'main' | 'engine'
  readonly input: z.ZodType
  readonly paths?: (input: never) => readonly string[]
}

export function routeCalls({ contents, handlers, request, grants, log }: RouterOptions): void {
  /** What a run began with was granted once, and may be used again after a restart. */
  const listRuns = async (input: unknown) => {
    const answer = await request('run.list', input)
    const runs = answer.ok ? RunWeights.safeParse(answer.value) : null
    if (runs?.success) grants.grantWeights(runs.data.flatMap(({ weights }) => weights ?? []))
    return answer
  }
  const answer = async (name: CallName, input: unknown): Promise<Answer<unknown>> => {
    const call: AnyCall = calls[name]
    if (name === 'run.list') return listRuns(input)
    if (call.by === 'engine' && !call.paths) return request(name, input)
    const parsed = call.input.parse(input)
    const refused = call.paths?.(parsed as never).find((path) => !allowedIn(name, grants)(path))
    if (refused !== undefined) throw new Failure('nothing-granted', { path: refused })
    if (call.by === 'engine') return request(name, parsed)
    const handler = handlers[name as CallsBy<'main'>] as (input: unknown) => unknown
    return succeeded(await handler(parsed))
  }

  for (const name of Object.keys(calls) as CallName[]) {
    ipcMain.handle(callChannel(name), async (event, input: unknown) => {
      try {
        if (!isOurs(event, contents())) throw new Error('A frame that is not ours asked')
        return await answer(name, input)
      } catch (error) {
        const notOk = failed(error)
        if (notOk.code === 'bug') log.error(`${name}: ${stackOf(error)}`)
        return notOk
      }
    })
  }

  ipcMain.on(grantChannel, (event, paths: unknown) => {
    const dropped = z.array(z.string()).safeParse(paths)
    if (isOurs(event, contents()) && dropped.success) grants.grant(dropped.data)
    // A synchronous message holds up the window until it has an answer.
    event.returnValue = null
  })
}

export function sendEvent(contents: WebContents | null, event: EventName, payload: unknown): void {
  if (contents && !contents.isDestroyed()) contents.send(eventChannel(event), payload)
}

/** Which of the granted paths a call may name. */
function allowedIn(name: CallName, grants: Grants): (path: string) => boolean {
  if (name === 'app.showInFolder') return grants.mayShow
  const trains =
    name === 'queue.add' ||
    name === 'suggest.prepare' ||
    (name.startsWith('run.') && name !== 'run.exportTensorBoard')
  return trains ? grants.mayTrainFrom : grants.mayRead
}

function isOurs(event: IpcMainEvent | IpcMainInvokeEvent, contents: WebContents | null): boolean {
  const frame = event.senderFrame
  return (
    contents !== null &&
    frame !== null &&
    event.sender === contents &&
    frame.parent === null &&
    frame.url.startsWith(`${appOrigin}/`)
  )
}

const stackOf = (error: unknown) =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

// What the router lets through: paths that the person granted, and weights that are in the catalogue or were
// granted. Electron's part is a stand-in.
import { beforeEach, expect, it, vi } from 'vitest'
import { RunConfig } from '../../shared/runConfig'
import type { Answer, CallName } from '../../shared/contract'
import { createGrants } from '../../main/grants'
import { callChannel } from '../../main/channels'
import { routeCalls } from '../../main/router'
import { createAppCalls } from '../../main/appCalls'

type Handler = (event: unknown, input: unknown) => Promise<Answer<unknown>>
const electron = vi.hoisted(() => ({
  handlers: new Map<string, unknown>(),
  shown: [] as string[],
}))
vi.mock('electron', () => ({
  ipcMain: {
    handle: (channel: string, handler: unknown) => electron.handlers.set(channel, handler),
    on: () => undefined,
  },
  shell: { showItemInFolder: (path: string) => electron.shown.push(path) },
  dialog: {},
}))

const asked: string[] = []
let grants = createGrants()
const contents = {}
const event = { sender: contents, senderFrame: { parent: null, url: 'app://restage/index.html' } }
const call = (name: CallName, input: unknown) =>
  (electron.handlers.get(callChannel(name)) as Handler)(event, input)

beforeEach(() => {
  asked.length = 0
  electron.shown.length = 0
  grants = createGrants()
  routeCalls({
    contents: () => contents as never,
    handlers: createAppCalls({
      version: '1',
      window: () => null,
      grants,
      chooseFrom: '{}',
      closing: { answer: () => Promise.resolve() } as never,
      askEngine: ((name: string) => {
        asked.push(name)
        return Promise.resolve({ path: '/photos/of the project.jpg' })
      }) as never,
    }),
    request: (name) => {
      asked.push(name)
      const value = name === 'run.list' ? earlierRuns : null
      return Promise.resolve({ ok: true, value })
    },
    grants,
    log: { error: () => undefined },
  })
})
let earlierRuns: unknown = []

const config = (weights: string | null) => RunConfig.parse({ weights })
const trainingCalls: [CallName, (weights: string | null) => unknown][] = [
  ['run.plan', config],
  ['run.start', config],
  ['run.presets', config],
  ['run.findRate', config],
  ['run.previewAugmentation', (weights) => ({ config: config(weights), picture: null, seed: 1 })],
  ['queue.add', (weights) => ({ items: [{ label: '', config: config(weights) }] })],
  ['suggest.prepare', (weights) => ({ weights: weights ?? 'starter' })],
]

it.each(trainingCalls)('%s takes weights of the catalogue or granted ones', async (name, input) => {
  for (const weights of ['/etc/shadow', '../secret.pth', '\\\\nas\\x\\w.pth', 'secret.pth'])
    expect(await call(name, input(weights))).toMatchObject({ ok: false, code: 'nothing-granted' })
  expect(asked).toEqual([])
  for (const weights of [null, 'starter', 'resnet50-imagenet-v2'])
    expect(await call(name, input(weights))).toMatchObject({ ok: true })
  grants.grant(['/models'])
  expect(await call(name, input('/models/mine.pth'))).toMatchObject({ ok: true })
})

it('lets weights of an earlier run begin another, but not be read otherwise', async () => {
  earlierRuns = [{ weights: '/old/mine.pth' }]
  await call('run.list', undefined)
  expect(await call('run.start', config('/old/mine.pth'))).toMatchObject({ ok: true })
  expect(await call('run.start', config('/old/other.pth'))).toMatchObject({ ok: false })
  expect(await call('weights.inspect', { path: '/old/mine.pth' })).toMatchObject({ ok: false })
})

it("shows the project's own photo by its id, and other files only where they were granted", async () => {
  expect(await call('app.showInFolder', { path: '/etc/passwd' })).toMatchObject({
    code: 'nothing-granted',
  })
  expect(await call('app.showInFolder', { picture: '0123456789ab' })).toMatchObject({ ok: true })
  expect(electron.shown).toEqual(['/photos/of the project.jpg'])
})

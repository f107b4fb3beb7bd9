// The engine in Electron's utility process calculates what it does in plain Node, bit for bit.
import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EngineStatus } from '../../shared/device'
import { electronExecutable } from '../../scripts/setup/electronRuntime.mjs'
import { call, launch, root, temporary, type Opened } from './driver'

let opened: Opened
beforeAll(async () => {
  opened = await launch()
})
afterAll(() => opened.close())

it('passes its self-check with the same bits as in Node', async () => {
  const { selfCheck, versions } = await call<EngineStatus>(opened.page, 'engine.status')
  expect(selfCheck).toMatchObject({ processorRight: true, deviceRight: true })
  const home = temporary('doctor')
  const node = JSON.parse(
    execFileSync(process.execPath, ['dist/cli/index.cjs', 'doctor', '--json'], {
      cwd: root,
      env: { ...process.env, RESTAGE_HOME: home },
      encoding: 'utf8',
    }),
  ) as EngineStatus
  rmSync(home, { recursive: true })
  expect(versions.node).not.toBe(node.versions.node)
  expect(selfCheck!.bits).toBe(node.selfCheck!.bits)
})

it('shares no GLib with Electron when it decodes a picture', () => {
  const decode = `
    const sharp = require('sharp')
    const blank = { width: 9, height: 9, channels: 3, background: 'red' }
    sharp({ create: blank }).jpeg().toBuffer()
      .then((jpeg) => sharp(jpeg).resize(4).raw().toBuffer())
      .then((pixels) => console.log(pixels.length))`
  const { stdout, stderr } = spawnSync(electronExecutable()!, ['-e', decode], {
    cwd: root,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    encoding: 'utf8',
  })
  expect(stdout.trim()).toBe(String(4 * 4 * 3))
  expect(stderr).not.toMatch(/GLib|CRITICAL/)
})

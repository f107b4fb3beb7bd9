// What is measured is kept, and what finished runs say is folded in.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { correct, correctionsOf, speedOf } from '../../../../main/engine/plan/speed'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'speed-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const here = { device: { kind: 'cpu', name: '' }, precision: 'float32' } as const
const home = () => ({ folder, assets: folder })

it('is measured once, without leaving anything but speed.json, and looked up from then on', async () => {
  const asked = { ...here, architecture: 'resnet20' } as const
  const [one, same] = await Promise.all([speedOf(home(), asked), speedOf(home(), asked)])
  expect(same).toBe(one)
  for (const rate of [one.forward, one.training]) {
    expect(rate.perMultiplyAdd + rate.perValue).toBeGreaterThan(0)
    expect(rate.perLayer).toBeGreaterThan(0)
  }
  const kept = readFileSync(join(folder, 'speed.json'), 'utf8')
  expect(await speedOf(home(), { ...asked, architecture: 'resnet56' })).toEqual(one)
  expect(readFileSync(join(folder, 'speed.json'), 'utf8')).toBe(kept)
})

it('two kinds asked for at the same moment are measured one after the other', async () => {
  const kinds = ['resnet20', 'resnet18'] as const
  const speeds = await Promise.all(
    kinds.map((architecture) => speedOf(home(), { ...here, architecture })),
  )
  const kept = JSON.parse(readFileSync(join(folder, 'speed.json'), 'utf8')) as { measured: object }
  expect(Object.values(kept.measured)).toEqual(speeds)
  expect(readdirSync(folder)).toEqual(['speed.json'])
})

it('the first run of a kind counts in full, later ones half; kin stand in for what is unknown', async () => {
  const of = (kind: string) => correctionsOf(home(), here)(kind)
  expect(of('cached/resnet18/head')).toBe(1)
  await correct(home(), here, { kind: 'cached/resnet18/head', ratio: 2 })
  expect(of('cached/resnet18/head')).toBeCloseTo(2)
  expect(of('cached/resnet18/layer3')).toBeCloseTo(2)
  expect(of('cached/resnet50/head')).toBe(1)
  await correct(home(), here, { kind: 'cached/resnet18/head', ratio: 0.25 })
  expect(of('cached/resnet18/head')).toBeCloseTo(1)
  expect(
    correctionsOf(home(), { ...here, device: { kind: 'cuda', name: 'another' } })(
      'cached/resnet18/head',
    ),
  ).toBe(1)
})

it('one run that was held up does not spoil what is foretold beyond all measure', async () => {
  await correct(home(), here, { kind: 'a/b/c', ratio: 1000 })
  expect(correctionsOf(home(), here)('a/b/c')).toBe(5)
})

it('a file that is damaged, or of an earlier version, is as none', async () => {
  writeFileSync(join(folder, 'speed.json'), '{"AMD/CPU/float32": 3e10}')
  expect(correctionsOf(home(), here)('a/b/c')).toBe(1)
  await correct(home(), here, { kind: 'a/b/c', ratio: 2 })
  expect(correctionsOf(home(), here)('a/b/c')).toBe(2)
})

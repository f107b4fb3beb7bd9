// What is written as a SavedModel runs in TensorFlow, and its signatures share their variables.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { Graph } from '../../../../main/engine/graph/graph'
import { encodeSavedModel } from '../../../../main/engine/tensorflow/savedModel'
import { openSession } from '../../../../main/engine/tensorflow/session'
import {
  assignVariables,
  readVariables,
  variableSignatures,
} from '../../../../main/engine/tensorflow/variableValues'
import { Variables } from '../../../../main/engine/graph/variables'

afterEach(() => vi.unstubAllEnvs())

it('adds, assigns and reads, and leaves no folder behind', async () => {
  const own = mkdtempSync(join(tmpdir(), 'restage-session-'))
  vi.stubEnv('TMPDIR', own)
  const graph = new Graph()
  const x = graph.placeholder('x', 'float32', [-1, 2])
  const variables = new Variables(graph)
  const offset = variables.read('offset', [2])
  variables.handle('state', [1])
  const node = graph.node('AddV2', [x.ref, offset.ref], { T: { type: 'float32' } })
  const session = await openSession(graph, {
    sum: { inputs: { x }, outputs: { y: { ...x, ref: `${node}:0` } } },
    ...variableSignatures(variables),
  })
  assignVariables(
    session,
    variables,
    new Map([['offset', { shape: [2], data: Float32Array.of(10, 20) }]]),
  )
  expect([...session.run('sum', { x: Float32Array.of(1, 2, 3, 4) }).y!]).toEqual([11, 22, 13, 24])
  expect([...readVariables(session, variables).get('state')!.data]).toEqual([0])
  assignVariables(
    session,
    variables,
    new Map([['state', { shape: [1], data: Float32Array.of(7) }]]),
  )
  expect([...readVariables(session, variables).get('state')!.data]).toEqual([7])
  expect([...readVariables(session, variables).keys()]).toEqual(['state'])
  session.dispose()
  expect(readdirSync(own)).toEqual([])
  rmSync(own, { recursive: true })
})

it('the same graph has the same bytes', () => {
  const write = () => {
    const graph = new Graph()
    graph.after([], graph.scalar(2), 'y')
    return encodeSavedModel(graph)
  }
  expect(write()).toEqual(write())
})

it('names stay unique and small constants are shared', () => {
  const graph = new Graph()
  expect([graph.node('NoOp', []), graph.node('NoOp', [])]).toEqual(['NoOp', 'NoOp_1'])
  expect(graph.scalar(3)).toBe(graph.scalar(3))
  expect(graph.scalar(3, 'int32').ref).not.toBe(graph.scalar(3).ref)
})

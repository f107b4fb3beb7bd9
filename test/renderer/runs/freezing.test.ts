// Freezing: null means everything but the head, the head never freezes, the handle is a prefix.
import { describe, expect, it } from 'vitest'
import {
  freezeUpTo,
  frozenPrefix,
  frozenStages,
  toggleFrozen,
} from '../../../renderer/runs/freezing'
import type { Stage } from '../../../shared/network'

const present: readonly Stage[] = ['stem', 'layer1', 'layer2', 'layer3', 'layer4', 'head']

describe('freezing', () => {
  it('reads null as everything but the head', () => {
    expect(frozenStages(null, present)).toEqual(present.slice(0, 5))
    expect(frozenPrefix(null, present)).toBe(5)
  })
  it('never freezes the head', () => {
    expect(freezeUpTo(6, present)).not.toContain('head')
    expect(toggleFrozen('head', ['stem'], present)).toEqual(['stem'])
  })
  it('puts the handle before the first stage that trains', () => {
    expect(frozenPrefix(['stem', 'layer1', 'layer3'], present)).toBe(2)
    expect(frozenPrefix([], present)).toBe(0)
  })
  it('toggles one stage and keeps the order of the network', () => {
    expect(toggleFrozen('layer4', null, present)).toEqual(['stem', 'layer1', 'layer2', 'layer3'])
    expect(toggleFrozen('stem', ['layer2'], present)).toEqual(['stem', 'layer2'])
  })
})

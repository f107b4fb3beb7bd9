// The one fake of `window.restage`: answers calls by their name, records what was asked and sends
// events. Everything that tests the window's stores or components uses it.
import { createPinia, setActivePinia } from 'pinia'
import { vi } from 'vitest'
import type { Answer } from '../../shared/contract'

export interface FakeRestage {
  /** Name and input of every call, in order. */
  readonly asked: [string, unknown][]
  /** By name: the value, an Error for a failure, or a function of the input that gives either. */
  readonly answers: Record<string, unknown>
  /** Sends an event to whoever listens. */
  emit(name: string, payload: unknown): void
  /** The inputs of all calls of one name, in order. */
  asksOf(name: string): unknown[]
}

/** Installs the fake together with fresh stores. What has no answer is answered with null. */
export function fakeRestage(answers: Record<string, unknown> = {}): FakeRestage {
  const asked: [string, unknown][] = []
  const listeners = new Map<string, Set<(payload: unknown) => void>>()
  vi.stubGlobal('restage', {
    call: async (name: string, input: unknown): Promise<Answer<unknown>> => {
      asked.push([name, input])
      const script = answers[name]
      const value: unknown = await (typeof script === 'function' ? script(input) : script)
      return value instanceof Error
        ? { ok: false, code: 'bad-input', details: {}, message: value.message, hint: 'Wait.' }
        : { ok: true, value: value ?? null }
    },
    on: (name: string, listener: (payload: unknown) => void) => {
      const all = listeners.get(name) ?? new Set()
      listeners.set(name, all.add(listener))
      return () => all.delete(listener)
    },
    pathsOf: () => [],
  })
  setActivePinia(createPinia())
  return {
    asked,
    answers,
    emit: (name, payload) => listeners.get(name)?.forEach((listener) => listener(payload)),
    asksOf: (name) => asked.filter(([called]) => called === name).map(([, input]) => input),
  }
}

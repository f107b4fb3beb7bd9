// Runs a composable inside a mounted component, as it runs in the window.
import { mount } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { onTestFinished } from 'vitest'
import { defineComponent, h } from 'vue'
import { i18n } from '../../renderer/locales/i18n'

/** What the composable answers; unmounted at the end of the test. */
export function useIn<T>(composable: () => T): T {
  let answer: T | undefined
  const shown = mount(
    defineComponent(() => {
      answer = composable()
      return () => h('div')
    }),
    { global: { plugins: [getActivePinia()!, i18n] } },
  )
  onTestFinished(() => shown.unmount())
  return answer as T
}

/** Presses a key in the window or in an element; true if someone took it. */
export const press = (init: KeyboardEventInit, target: EventTarget = window) =>
  !target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }))

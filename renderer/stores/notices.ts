// What went wrong or got done, as toasts that block nothing. `attempt` is how every action of the
// window calls the engine: a failure becomes a notice and the action ends with undefined.
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { FailureDetails } from '../../shared/failure'
import { CallFailed } from '../api'

export interface Notice {
  readonly id: number
  readonly kind: 'error' | 'note'
  /** A failure's code ('bug' for a bug), by which a locale may translate it; null for a note. */
  readonly code: string | null
  readonly details: FailureDetails
  readonly message: string
  readonly hint: string
}

const kept = 4
/** Of what got done; more would cover what is being worked on. */
const keptNotes = 2

export const useNotices = defineStore('notices', () => {
  const list = shallowRef<readonly Notice[]>([])
  /** The last thing said by the window-wide live region. */
  const spoken = ref('')
  let count = 0

  function add(notice: Omit<Notice, 'id'>) {
    const same = (other: Notice) => other.message === notice.message && other.kind === notice.kind
    const all = [...list.value.filter((other) => !same(other)), { ...notice, id: ++count }]
    const old = all.filter(({ kind }) => kind === 'note').slice(0, -keptNotes)
    list.value = all.filter((each) => !old.includes(each)).slice(-kept)
  }

  function tell(message: string, hint = '') {
    add({ kind: 'note', code: null, details: {}, message, hint })
  }

  /** An expected failure that came by an event rather than as an answer. */
  function failed(failure: Pick<Notice, 'code' | 'details' | 'message' | 'hint'>) {
    const { code, details, message, hint } = failure
    add({ kind: 'error', code, details, message, hint })
  }

  function fail(reason: unknown) {
    if (reason instanceof CallFailed) {
      failed(reason)
    } else {
      console.error(reason)
      const message = reason instanceof Error ? reason.message : String(reason)
      add({ kind: 'error', code: 'bug', details: {}, message, hint: '' })
    }
  }

  function dismiss(id: number) {
    list.value = list.value.filter((notice) => notice.id !== id)
  }

  /** Announces without showing: for what is on screen anyway. */
  function say(text: string) {
    spoken.value = text
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (reason) {
      fail(reason)
      return undefined
    }
  }

  return { list, spoken, tell, fail, failed, dismiss, say, attempt }
})

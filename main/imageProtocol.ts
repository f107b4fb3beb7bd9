// appimage://thumbnail/ID?size=256 and appimage://picture/ID: the only ways a picture of the project
// gets on screen. An address holds an id, never a path; the engine alone knows the file behind it.
import type { Answer } from '../shared/contract'
import { internalCalls } from '../shared/contract'
import type { SchemeAnswer } from './electronCompat'

export type AskEngine = (name: string, input: unknown) => Promise<Answer<unknown>>
interface Question {
  readonly name: 'picture.thumbnail' | 'picture.preview'
  readonly input: unknown
  readonly cacheControl: string
}

export const createImages =
  (ask: AskEngine) =>
  async (url: URL): Promise<SchemeAnswer> => {
    const question = questionOf(url)
    if (!question) return nothingThere
    try {
      const answer = await ask(question.name, question.input)
      if (!answer.ok) return nothingThere
      const { bytes, type } = internalCalls[question.name].output.parse(answer.value)
      return {
        status: 200,
        headers: {
          'content-type': type,
          'cache-control': question.cacheControl,
          'x-content-type-options': 'nosniff',
        },
        body: bytes,
      }
    } catch {
      // The engine is being started again; the window asks anew once it says that it is ready.
      return nothingThere
    }
  }

export function questionOf(url: URL): Question | null {
  const id = url.pathname.replace(/^\//, '')
  switch (url.host) {
    case 'thumbnail': {
      const size = Number(url.searchParams.get('size') ?? 256)
      const input = internalCalls['picture.thumbnail'].input.safeParse({ id, size })
      if (!input.success) return null
      return {
        name: 'picture.thumbnail',
        input: input.data,
        cacheControl: 'max-age=31536000, immutable',
      }
    }
    case 'picture': {
      const input = internalCalls['picture.preview'].input.safeParse({ id })
      return input.success
        ? { name: 'picture.preview', input: input.data, cacheControl: 'no-cache' }
        : null
    }
    default:
      return null
  }
}

const nothingThere: SchemeAnswer = {
  status: 404,
  headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' },
  body: new Uint8Array(),
}

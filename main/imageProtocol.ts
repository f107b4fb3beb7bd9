// appimage://thumbnail/ID?size=256 and appimage://picture/ID: the only ways a picture of the project
// gets on screen. An address holds an id, never a path; the engine alone knows the file behind it.
import type { z } from 'zod'
import { internalCalls } from '../shared/contract'
import type { AskEngine } from './askEngine'
import type { SchemeAnswer } from './electronCompat'

type PictureCall = 'picture.thumbnail' | 'picture.preview'
type Question = {
  [N in PictureCall]: {
    readonly name: N
    readonly input: z.output<(typeof internalCalls)[N]['input']>
    readonly cacheControl: string
  }
}[PictureCall]

export const createImages =
  (askEngine: AskEngine) =>
  async (url: URL): Promise<SchemeAnswer> => {
    const question = questionOf(url)
    if (!question) return nothingThere
    try {
      const { bytes, type } = await askEngine(question.name, question.input)
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
      // No such picture, or the engine is being started again; the window asks anew once it is ready.
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

// The few calls that differ between Electron 22 (where the current one cannot be fetched) and 45.
// Each asks for what is there rather than for a version. The other difference, how a dropped file
// tells its path, stands in preload, because it exists only there.
import { protocol } from 'electron'

export interface SchemeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Answers every request of a scheme, which has to be registered as privileged before `ready`.
 *  `answer` must not throw; protocol.handle came with Electron 25. */
export function serveScheme(scheme: string, answer: (url: URL) => Promise<SchemeAnswer>): void {
  if (typeof (protocol as Partial<typeof protocol>).handle === 'function') {
    protocol.handle(scheme, async (request) => {
      const { status, headers, body } = await answer(new URL(request.url))
      return new Response(Uint8Array.from(body), { status, headers: { ...headers } })
    })
    return
  }
  protocol.registerBufferProtocol(scheme, (request, respond) => {
    void answer(new URL(request.url)).then(({ status, headers, body }) => {
      respond({
        statusCode: status,
        headers: { ...headers },
        mimeType: headers['content-type'],
        data: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      })
    })
  })
}

// One GET over node:http or node:https that follows redirects: at most five, and never from https
// to plain http unless the target is this very computer. Resolves with the final answer, whatever
// its status; the caller reads or destroys it.
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Failure } from '../../../shared/failure'

const maxRedirects = 5
const redirectStatuses = new Set([301, 302, 303, 307, 308])
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Milliseconds without a byte until the connection is given up. */
  readonly idleTimeout: number
}

/** @throws Node's own connection errors. @throws {Failure} download-status for a refused redirect */
export async function getFollowing(url: URL, options: GetOptions): Promise<IncomingMessage> {
  let current = url
  for (let followed = 0; ; followed++) {
    const response = await get(current, options)
    const status = response.statusCode ?? 0
    const location = response.headers.location
    if (!redirectStatuses.has(status) || !location) return response
    response.destroy()
    if (followed === maxRedirects) throw refused(current, 'with too many redirects')
    current = redirectTarget(current, location)
  }
}

/** Target of a redirect. @throws {Failure} download-status if it must not be followed */
export function redirectTarget(from: URL, location: string): URL {
  const next = new URL(location, from)
  if (next.protocol !== 'https:' && next.protocol !== 'http:') {
    throw refused(from, 'with a strange redirect')
  }
  const loses = from.protocol === 'https:' && next.protocol === 'http:'
  if (loses && !loopbackHosts.has(next.hostname)) {
    throw refused(from, 'with a redirect to an unencrypted address')
  }
  return next
}

function get(url: URL, { headers, signal, idleTimeout }: GetOptions): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, signal, timeout: idleTimeout }, resolve)
    outgoing.on('timeout', () => {
      outgoing.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

const refused = (from: URL, status: string) =>
  new Failure('download-status', { host: from.host, status })

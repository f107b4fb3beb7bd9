// Fetches one published weights file to a path. The path only ever holds a whole file whose checksum is
// as published: bytes arrive in a .part file beside it, which survives interruption and is continued
// next time, and takes the name after the hash is checked and the disk has everything. What a server
// sends is bounded by the published size, and one call by its total time.
import { createHash } from 'node:crypto'
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { dirname } from 'node:path'
import { Failure } from '../../../shared/failure'
import { type Checksum } from '../files/wholeFiles'
import { claimOrFail, type Claim } from '../files/claim'
import { hashFile } from '../files/hashFile'
import { writeFailure } from '../files/fileFailures'
import { getFollowing } from './followRedirects'
import { isPublishedFile } from './publishedFile'
import { notePartial, partPath, readPartial, removeNote, removePartial } from './partialFile'

export interface DownloadProgress {
  readonly received: number
  /** null while the server has not said. */
  readonly total: number | null
}

export interface DownloadOptions {
  readonly url: string
  readonly destination: string
  readonly checksum: Checksum
  /** Of the published file, at least to one per cent. */
  readonly bytes: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: DownloadProgress) => void
  /** Base address that stands in for the published folder; the file's name is added to it. */
  readonly mirror?: string
  /** Milliseconds before the first repeat, doubled each time. Tests shorten it. */
  readonly retryDelay?: number
  readonly idleTimeout?: number
  /** Milliseconds for the whole call; what has arrived by then is kept for the next. */
  readonly totalTimeout?: number
}

const maxRepeats = 3
const usualTotalTimeout = 6 * 3_600_000
/** The catalogue counts parameters; a file has names and a header besides. */
const maxBytes = (published: number) => Math.ceil(published * 1.02) + 1_000_000
const offlineCodes = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ENETDOWN',
])

/** The file is incomplete; what is there is kept, and another attempt may complete it. */
class Interrupted extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message)
  }
}

/**
 * Resolves with `destination`; a correct file that is already there is not fetched again.
 * @throws {Failure} download-offline, download-status, download-truncated, download-hash,
 * download-size, download-slow, in-use while another process downloads it, disk-full, not-writable, cancelled
 */
export async function downloadWeights(options: DownloadOptions): Promise<string> {
  const { destination, checksum } = options
  if (!/^[0-9a-f]{8,64}$/.test(checksum.digits)) throw new Error(`no hash: ${checksum.digits}`)
  const address = addressOf(options)
  if (await isPublishedFile(destination, checksum)) return destination
  const held = await claimPart(destination)
  try {
    // Another process may have ended its download just now.
    if (!(await isPublishedFile(destination, checksum))) await repeatedly(address, options)
  } finally {
    await held.release()
  }
  return destination
}

/** Two processes that wrote into one part would spoil it. @throws {Failure} in-use, disk-full, not-writable */
async function claimPart(destination: string): Promise<Claim> {
  await mkdir(dirname(destination), { recursive: true }).catch((error: unknown) => {
    throw writeFailure(destination, error)
  })
  return claimOrFail(partPath(destination))
}

async function repeatedly(address: URL, options: DownloadOptions): Promise<void> {
  const { destination, signal, retryDelay = 1000 } = options
  const deadline = Date.now() + (options.totalTimeout ?? usualTotalTimeout)
  for (let repeat = 0; ; repeat++) {
    try {
      return await attempt(address, { ...options, deadline })
    } catch (error) {
      if (signal?.aborted) throw new Failure('cancelled')
      if (!(error instanceof Interrupted)) throw writeFailure(destination, error)
      if (repeat === maxRepeats) throw error.failure
      await pause(retryDelay * 2 ** repeat, signal)
    }
  }
}

function addressOf({ url, mirror }: DownloadOptions): URL {
  const published = new URL(url)
  if (mirror === undefined) return published
  const name = published.pathname.slice(published.pathname.lastIndexOf('/') + 1)
  return new URL(name, mirror.endsWith('/') ? mirror : `${mirror}/`)
}

interface Attempt extends DownloadOptions {
  /** Time at which the whole call ends. */
  readonly deadline: number
}

async function attempt(address: URL, options: Attempt): Promise<void> {
  const { destination, signal, idleTimeout = 30_000 } = options
  const { received, validator } = await readPartial(destination, address.href)
  const resume: Record<string, string> =
    validator === null ? {} : { Range: `bytes=${received}-`, 'If-Range': validator }
  const headers = { 'User-Agent': 'restage', 'Accept-Encoding': 'identity', ...resume }
  const response = await getFollowing(address, { headers, signal, idleTimeout }).catch(
    (error: unknown) => {
      throw connectionFailure(error, address)
    },
  )
  try {
    const start = await startOf(response, { address, destination, received })
    if (start === 0) await notePartial(destination, address.href, response.headers)
    await receive(response, { address, start, options })
  } finally {
    response.destroy()
  }
}

interface Start {
  readonly address: URL
  readonly destination: string
  readonly received: number
}

/** Position in the file of the response's first byte. */
async function startOf(response: IncomingMessage, { address, destination, received }: Start) {
  const status = response.statusCode ?? 0
  const answered = () => new Failure('download-status', { host: address.host, status })
  if (status === 200) return 0
  if (
    status === 206 &&
    /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1] === String(received)
  ) {
    return received
  }
  // A part that fits no file there (any more) is worth one fresh start.
  if (status === 206 || status === 416) {
    await removePartial(destination)
    throw new Interrupted(answered())
  }
  if (status >= 500 || status === 429 || status === 408) throw new Interrupted(answered())
  throw answered()
}

interface Receive {
  readonly address: URL
  readonly start: number
  readonly options: Attempt
}

async function receive(
  response: IncomingMessage,
  { address, start, options }: Receive,
): Promise<void> {
  const { destination, checksum, onProgress, deadline } = options
  const length = response.headers['content-length']
  const total = length === undefined ? null : start + Number(length)
  const limit = maxBytes(options.bytes)
  if (total !== null && total > limit) throw await tooLarge(address, options)
  const part = partPath(destination)
  const hash = createHash(checksum.algorithm)
  if (start > 0) await hashFile(part, hash)
  let received = start
  onProgress?.({ received, total })
  const file = await open(part, start > 0 ? 'a' : 'w')
  try {
    for await (const chunk of bytesOf(response)) {
      if (received + chunk.length > limit) throw await tooLarge(address, options)
      if (Date.now() > deadline) throw new Failure('download-slow', { host: address.host })
      await writeAll(file, chunk)
      hash.update(chunk)
      received += chunk.length
      onProgress?.({ received, total })
    }
    await file.sync()
  } finally {
    await file.close()
  }
  if (!response.complete || (total !== null && received !== total)) {
    const expected = total ?? 'an unknown number of'
    throw new Interrupted(new Failure('download-truncated', { received, expected }))
  }
  if (!hash.digest('hex').startsWith(checksum.digits)) {
    await removePartial(destination)
    throw new Failure('download-hash', { host: address.host })
  }
  await rename(part, destination)
  await removeNote(destination)
}

/** Nothing of it is kept. */
async function tooLarge(address: URL, { destination, bytes }: Attempt): Promise<Failure> {
  await removePartial(destination)
  return new Failure('download-size', { host: address.host, expected: bytes })
}

// A broken connection ends the bytes; whether they were all is judged by their number, above.
async function* bytesOf(response: IncomingMessage): AsyncGenerator<Buffer> {
  const chunks = response[Symbol.asyncIterator]()
  for (;;) {
    const next = await chunks.next().catch(() => undefined)
    if (!next || next.done) return
    yield next.value as Buffer
  }
}

async function writeAll(file: FileHandle, chunk: Buffer) {
  for (let written = 0; written < chunk.length;) {
    written += (await file.write(chunk, written, chunk.length - written)).bytesWritten
  }
}

function connectionFailure(error: unknown, address: URL): unknown {
  if (error instanceof Failure) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const failure = new Failure('download-offline', {
    host: address.host,
    reason: code || String(error),
  })
  // No network now is no network in two seconds; a connection that was reset is worth another try.
  return offlineCodes.has(code) ? failure : new Interrupted(failure)
}

const pause = (milliseconds: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new Failure('cancelled'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })

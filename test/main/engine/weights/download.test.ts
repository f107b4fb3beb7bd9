import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundled, started } from '../childProgram'
import { downloadWeights, type DownloadOptions } from '../../../../main/engine/weights/download'
import { writeFailure } from '../../../../main/engine/files/fileFailures'
import { redirectTarget } from '../../../../main/engine/weights/followRedirects'
import { failureOf, temporaryFolder } from './temporaryFolder'

const content = Buffer.alloc(300_000, 0).map((_, i) => (i * 7919) % 251)
const sha256 = createHash('sha256').update(content).digest('hex')
const half = 150_000

type Handler = (request: IncomingMessage, response: ServerResponse) => void
let handler: Handler
let requests: IncomingMessage[]
let base: string
const server = createServer((request, response) => {
  requests.push(request)
  handler(request, response)
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  requests = []
})

const { path } = temporaryFolder()
let folders = 0
function options(more: Partial<DownloadOptions> = {}): DownloadOptions {
  const folder = path(`download-${++folders}`)
  const destination = `${folder}/weights.pth`
  return {
    url: `${base}/weights.pth`,
    destination,
    checksum: { algorithm: 'sha256', digits: sha256.slice(0, 8) },
    bytes: content.length,
    retryDelay: 1,
    ...more,
  }
}
const filesBeside = ({ destination }: DownloadOptions) =>
  readdirSync(destination.replace(/\/[^/]*$/, '')).sort()

const whole: Handler = (_, response) => {
  response.writeHead(200, { 'Content-Length': content.length, ETag: '"one"' })
  response.end(content)
}

/** Where a request asks to go on. What was still under way when a connection broke may be lost. */
function resumedAt(request: IncomingMessage): number {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1])
  expect(start).toBeGreaterThan(0)
  expect(start).toBeLessThanOrEqual(half)
  return start
}

/** Breaks off after half the file, as a lost connection does. */
const broken: Handler = (_, response) => {
  response.writeHead(200, { 'Content-Length': content.length, ETag: '"one"' })
  response.write(content.subarray(0, half), () => setTimeout(() => response.destroy(), 30))
}

const ranged: Handler = (request, response) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? NaN)
  if (Number.isNaN(start) || request.headers['if-range'] !== '"one"')
    return whole(request, response)
  response.writeHead(206, {
    'Content-Length': content.length - start,
    'Content-Range': `bytes ${start}-${content.length - 1}/${content.length}`,
    ETag: '"one"',
  })
  response.end(content.subarray(start))
}

const inTurn =
  (...handlers: readonly Handler[]): Handler =>
  (request, response) =>
    handlers[Math.min(requests.length, handlers.length) - 1](request, response)

describe('a download', () => {
  it('ends with the whole file and nothing beside it, and tells its progress', async () => {
    handler = whole
    const seen: number[] = []
    const wanted = options({
      onProgress: ({ received, total }) => seen.push(received, total ?? -1),
    })
    expect(await downloadWeights(wanted)).toBe(wanted.destination)
    expect(readFileSync(wanted.destination).equals(content)).toBe(true)
    expect(filesBeside(wanted)).toEqual(['weights.pth'])
    expect(seen.slice(0, 2)).toEqual([0, content.length])
    expect(seen.slice(-2)).toEqual([content.length, content.length])
  })

  it('is not made when the file is there', async () => {
    handler = whole
    const wanted = options()
    await downloadWeights(wanted)
    await downloadWeights(wanted)
    expect(requests.length).toBe(1)
  })

  it('replaces a wrong file that is there', async () => {
    handler = whole
    const wanted = options()
    mkdirSync(wanted.destination.replace(/\/[^/]*$/, ''), { recursive: true })
    writeFileSync(wanted.destination, 'old')
    await downloadWeights(wanted)
    expect(readFileSync(wanted.destination).equals(content)).toBe(true)
  })

  it('without a length is judged by its hash', async () => {
    handler = (_, response) => {
      response.write(content.subarray(0, 9))
      response.end(content.subarray(9))
    }
    const wanted = options()
    await downloadWeights(wanted)
    expect(readFileSync(wanted.destination).equals(content)).toBe(true)
  })

  it('can come from a mirror', async () => {
    handler = whole
    const wanted = options({
      url: 'https://download.pytorch.org/models/weights.pth',
      mirror: `${base}/mirror`,
    })
    await downloadWeights(wanted)
    expect(requests[0].url).toBe('/mirror/weights.pth')
  })
})

describe('interruption', () => {
  it('goes on where it stopped', async () => {
    handler = inTurn(broken, ranged)
    const wanted = options()
    await downloadWeights(wanted)
    resumedAt(requests[1])
    expect(requests[1].headers['if-range']).toBe('"one"')
    expect(readFileSync(wanted.destination).equals(content)).toBe(true)
    expect(filesBeside(wanted)).toEqual(['weights.pth'])
  })

  it('begins anew when the server sends everything', async () => {
    handler = inTurn(broken, whole)
    const wanted = options()
    await downloadWeights(wanted)
    expect(readFileSync(wanted.destination).equals(content)).toBe(true)
  })

  it('begins anew when the part fits no file there', async () => {
    handler = inTurn(
      broken,
      (_, response) => {
        response.writeHead(416).end()
      },
      whole,
    )
    const wanted = options()
    await downloadWeights(wanted)
    expect(requests[2].headers.range).toBeUndefined()
    expect(readFileSync(wanted.destination).equals(content)).toBe(true)
  })

  it('asks for no range without a validator', async () => {
    handler = inTurn((_, response) => {
      response.writeHead(200, { 'Content-Length': content.length, ETag: 'W/"weak"' })
      response.write(content.subarray(0, half), () => setTimeout(() => response.destroy(), 30))
    }, whole)
    await downloadWeights(options())
    expect(requests[1].headers.range).toBeUndefined()
  })

  it('gives up after three repeats, and keeps the part', async () => {
    handler = broken
    const wanted = options()
    const failure = await failureOf(downloadWeights(wanted))
    expect(failure).toMatchObject({
      code: 'download-truncated',
      details: { expected: content.length },
    })
    expect(requests.length).toBe(4)
    expect(filesBeside(wanted)).toEqual(['weights.pth.part', 'weights.pth.part.json'])
    handler = ranged
    await downloadWeights(wanted)
    expect(resumedAt(requests[4])).toBe(failure.details.received)
    expect(readFileSync(wanted.destination).equals(content)).toBe(true)
  })

  it('a server that falls silent is left', async () => {
    handler = inTurn((_, response) => {
      response.writeHead(200, { 'Content-Length': content.length, ETag: '"one"' })
      response.write(content.subarray(0, half))
    }, ranged)
    await downloadWeights(options({ idleTimeout: 100 }))
    resumedAt(requests[1])
  })

  it('can be cancelled, in the middle and while waiting', async () => {
    const controller = new AbortController()
    handler = (_, response) => {
      response.writeHead(200, { 'Content-Length': content.length, ETag: '"one"' })
      response.write(content.subarray(0, half), () => setTimeout(() => controller.abort(), 30))
    }
    const wanted = options({ signal: controller.signal })
    expect((await failureOf(downloadWeights(wanted))).code).toBe('cancelled')
    expect(existsSync(`${wanted.destination}.part`)).toBe(true)
    expect(existsSync(wanted.destination)).toBe(false)

    const waiting = new AbortController()
    handler = (_, response) => {
      response.writeHead(503).end()
      setTimeout(() => waiting.abort(), 30)
    }
    const begin = Date.now()
    expect(
      (await failureOf(downloadWeights(options({ signal: waiting.signal, retryDelay: 60_000 }))))
        .code,
    ).toBe('cancelled')
    expect(Date.now() - begin).toBeLessThan(5000)
  })
})

describe('what is refused', () => {
  it('a file that another process downloads, until that is killed', async () => {
    handler = whole
    const wanted = options()
    mkdirSync(wanted.destination.replace(/\/[^/]*$/, ''), { recursive: true })
    const program = await bundled(join(__dirname, '../files/claimHolder.ts'))
    const other = started(program, [`${wanted.destination}.part`])
    await other.saw('ready')
    other.process.stdin!.write('go')
    await other.saw('held')
    const failure = await failureOf(downloadWeights(wanted))
    expect(failure.code).toBe('in-use')
    expect(requests.length).toBe(0)
    other.process.kill('SIGKILL')
    await other.ended
    await downloadWeights(wanted)
    expect(filesBeside(wanted)).toEqual(['weights.pth'])
  })

  it('a wrong hash: nothing of it is kept', async () => {
    handler = whole
    const wanted = options({ checksum: { algorithm: 'sha256', digits: '00000000' } })
    const failure = await failureOf(downloadWeights(wanted))
    expect(failure).toMatchObject({ code: 'download-hash', details: { host: new URL(base).host } })
    expect(filesBeside(wanted)).toEqual([])
    expect(requests.length).toBe(1)
  })

  it('more than the published file has, announced or not: nothing of it is kept', async () => {
    const flood = Buffer.alloc(3_000_000)
    for (const length of [{ 'Content-Length': flood.length }, {}]) {
      handler = (_, response) => {
        response.writeHead(200, length)
        response.end(flood)
      }
      const wanted = options()
      const failure = await failureOf(downloadWeights(wanted))
      expect(failure).toMatchObject({
        code: 'download-size',
        details: { host: new URL(base).host, expected: content.length },
      })
      expect(filesBeside(wanted)).toEqual([])
    }
    expect(requests.length).toBe(2)
  })

  it('a server that sends a little now and then, for ever; the part is kept', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'Content-Length': content.length, ETag: '"one"' })
      let at = 0
      const timer = setInterval(() => response.write(content.subarray(at, (at += 10))), 20)
      response.on('close', () => clearInterval(timer))
    }
    const wanted = options({ totalTimeout: 200 })
    expect((await failureOf(downloadWeights(wanted))).code).toBe('download-slow')
    expect(existsSync(`${wanted.destination}.part`)).toBe(true)
  }, 5000)

  it('an answer that says no', async () => {
    handler = (_, response) => {
      response.writeHead(404).end('gone')
    }
    expect(await failureOf(downloadWeights(options()))).toMatchObject({
      code: 'download-status',
      details: { status: 404 },
    })
    expect(requests.length).toBe(1)
  })

  it('a server in trouble, after three repeats', async () => {
    handler = (_, response) => {
      response.writeHead(503).end()
    }
    expect((await failureOf(downloadWeights(options()))).details.status).toBe(503)
    expect(requests.length).toBe(4)
  })

  it('no server', async () => {
    const failure = await failureOf(downloadWeights(options({ url: 'http://127.0.0.1:9/x.pth' })))
    expect(failure).toMatchObject({ code: 'download-offline', details: { host: '127.0.0.1:9' } })
  })

  it('a full disk is said to be one', () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    expect(writeFailure('/x', full)).toMatchObject({ code: 'disk-full', details: { path: '/x' } })
    const bug = new TypeError('a bug')
    expect(writeFailure('/x', bug)).toBe(bug)
  })

  it('a place that cannot be written', async () => {
    handler = whole
    const failure = await failureOf(
      downloadWeights(options({ destination: '/dev/null/x/weights.pth' })),
    )
    expect(failure.code).toBe('not-writable')
  })
})

describe('redirects', () => {
  const redirect =
    (location: string): Handler =>
    (_, response) => {
      response.writeHead(302, { Location: location }).end()
    }

  it('are followed, relative ones too', async () => {
    handler = inTurn(redirect('/a/b'), redirect('c'), whole)
    const wanted = options()
    await downloadWeights(wanted)
    expect(requests.map(({ url }) => url)).toEqual(['/weights.pth', '/a/b', '/a/c'])
    expect(readFileSync(wanted.destination).equals(content)).toBe(true)
  })

  it('end after five', async () => {
    handler = redirect('/again')
    expect((await failureOf(downloadWeights(options()))).details.status).toBe(
      'with too many redirects',
    )
    expect(requests.length).toBe(6)
  })

  it('never leave encryption, but for this computer', () => {
    const from = new URL('https://one.example/x')
    expect(() => redirectTarget(from, 'http://two.example/x')).toThrow(/unencrypted/)
    expect(() => redirectTarget(from, 'http://localhost.two.example/x')).toThrow(/unencrypted/)
    expect(redirectTarget(from, 'https://two.example/x').href).toBe('https://two.example/x')
    expect(redirectTarget(from, '/y').href).toBe('https://one.example/y')
    expect(redirectTarget(from, 'http://127.0.0.1:8/x').port).toBe('8')
    expect(redirectTarget(new URL('http://one.example'), 'http://two.example/').host).toBe(
      'two.example',
    )
  })

  it('lead to no other kind of address', async () => {
    handler = redirect('file:///etc/passwd')
    expect((await failureOf(downloadWeights(options()))).details.status).toBe(
      'with a strange redirect',
    )
  })
})

import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createAppFiles, fileFor } from '../../main/appProtocol'
import { createAskEngine } from '../../main/askEngine'
import { createImages, questionOf } from '../../main/imageProtocol'

const root = path.resolve('/opt/restage/renderer')

describe('app://', () => {
  it('opens index.html at the root', () => {
    expect(fileFor(root, '/')).toBe(path.join(root, 'index.html'))
  })

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/a/..%2f..%2fx',
    '/%',
    '/a%00.js',
    '/../renderer2/x',
  ])('does not leave its folder for %s', (pathname) => expect(fileFor(root, pathname)).toBeNull())

  it('answers 404 with the policy on it where there is no file', async () => {
    const answer = await createAppFiles(root)(new URL('app://restage/none.js'))
    expect(answer.status).toBe(404)
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
  })

  it('serves a file under its type, to its own host only', async () => {
    const serveFile = createAppFiles(path.resolve('.'))
    const answer = await serveFile(new URL('app://restage/package.json'))
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
    expect((await serveFile(new URL('app://other/package.json'))).status).toBe(404)
  })
})

describe('appimage://', () => {
  it('asks for thumbnails and pictures by id', () => {
    expect(questionOf(new URL('appimage://thumbnail/ab1?size=128'))).toMatchObject({
      name: 'picture.thumbnail',
      input: { id: 'ab1', size: 128 },
    })
    expect(questionOf(new URL('appimage://thumbnail/ab1'))).toMatchObject({ input: { size: 256 } })
    expect(questionOf(new URL('appimage://picture/ab1'))).toMatchObject({
      name: 'picture.preview',
      input: { id: 'ab1' },
    })
  })

  it.each([
    'appimage://thumbnail/../etc/passwd',
    'appimage://picture//etc/passwd',
    'appimage://picture/',
    'appimage://thumbnail/ab?size=9000',
    'appimage://thumbnail/ab?size=x',
    'appimage://file/ab',
  ])('does not ask for %s', (address) => expect(questionOf(new URL(address))).toBeNull())

  it('passes the bytes on', async () => {
    const bytes = new Uint8Array([1, 2])
    const images = createImages(
      createAskEngine(() => Promise.resolve({ ok: true, value: { bytes, type: 'image/webp' } })),
    )
    expect(await images(new URL('appimage://picture/ab1'))).toMatchObject({
      status: 200,
      body: bytes,
      headers: { 'content-type': 'image/webp' },
    })
  })

  it('answers 404 while the engine is away', async () => {
    const images = createImages(() => Promise.reject(new Error('away')))
    expect((await images(new URL('appimage://picture/ab1'))).status).toBe(404)
  })
})

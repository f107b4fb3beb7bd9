// Serves the interface at app://restage/ from dist/renderer, with the content security policy on
// every answer. Nothing outside that folder is ever served, and the policy lets nothing in from
// elsewhere: no inline scripts, no network, pictures only through appimage://.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { SchemeAnswer } from './electronCompat'

export const appOrigin = 'app://restage'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' appimage: blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

export function createAppFiles(folder: string): (url: URL) => Promise<SchemeAnswer> {
  const root = path.resolve(folder)
  return async (url) => {
    const file = url.host === 'restage' ? fileFor(root, url.pathname) : null
    if (file === null) return answerWith(404, '.html', new Uint8Array())
    try {
      return answerWith(200, path.extname(file), await readFile(file))
    } catch {
      return answerWith(404, '.html', new Uint8Array())
    }
  }
}

/** Null where the path leads out of the folder or is no path at all. */
export function fileFor(root: string, pathname: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (decoded.includes('\0')) return null
  const file = path.resolve(root, '.' + (decoded === '/' ? '/index.html' : decoded))
  return file.startsWith(root + path.sep) ? file : null
}

const answerWith = (status: number, extension: string, body: Uint8Array): SchemeAnswer => ({
  status,
  body,
  headers: {
    'content-type': types[extension] ?? 'application/octet-stream',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-cache',
  },
})

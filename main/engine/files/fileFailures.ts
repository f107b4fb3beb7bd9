// Errors of the file system as failures that a person can act on.
import { Failure } from '../../../shared/failure'
import { reason, type ReasonCode } from '../../../shared/reason'

export const errorCode = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'

/** disk-full or not-writable, which a person can solve; any other error, a Failure too, as it is. */
export function writeFailure(path: string, error: unknown): Error {
  const code = errorCode(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Failure('disk-full', { path })
  const refused: Readonly<Record<string, ReasonCode>> = {
    EACCES: 'permission-denied',
    EPERM: 'permission-denied',
    EROFS: 'disk-read-only',
    ENOENT: 'folder-missing',
    ENOTDIR: 'folder-is-file',
    EIO: 'disk-error',
    EMFILE: 'too-many-open',
    ENFILE: 'too-many-open',
    EBUSY: 'in-use',
    EISDIR: 'folder-in-place',
    EEXIST: 'file-in-place',
    ENAMETOOLONG: 'name-too-long',
  }
  const cause = refused[code]
  if (cause) return new Failure('not-writable', { path, reason: reason(cause) })
  return error instanceof Error ? error : new Error(String(error))
}

/** file-missing or file-unreadable, whatever the error. */
export function readFailure(path: string, error: unknown): Failure {
  const code = errorCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Failure('file-missing', { path })
  const cause =
    code === 'EACCES' || code === 'EPERM'
      ? reason('permission-denied')
      : reason('system-error', { error: code === 'unknown' ? String(error) : code })
  return new Failure('file-unreadable', { path, reason: cause })
}

/** As a handler of a rejected read: null where there is no such file. */
export function ignoreMissing(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null
  throw error
}

// Errors of the file system as failures that a person can act on.
import { Failure } from '../../../shared/failure'

export const errorCode = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'

/** disk-full or not-writable, which a person can solve; any other error, a Failure too, as it is. */
export function writeFailure(path: string, error: unknown): Error {
  const code = errorCode(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Failure('disk-full', { path })
  const refused: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the disk is read-only',
    ENOENT: 'the folder is missing',
    ENOTDIR: 'its folder is not a folder',
    EIO: 'the disk reports an error',
    EMFILE: 'too many files are open',
    ENFILE: 'too many files are open',
    EBUSY: 'another program uses it',
    EISDIR: 'there is a folder in its place',
    EEXIST: 'there is a file in its place',
    ENAMETOOLONG: 'its name is too long',
  }
  const reason = refused[code]
  if (reason) return new Failure('not-writable', { path, reason })
  return error instanceof Error ? error : new Error(String(error))
}

/** file-missing or file-unreadable, whatever the error. */
export function readFailure(path: string, error: unknown): Failure {
  const code = errorCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Failure('file-missing', { path })
  if (code === 'EACCES' || code === 'EPERM')
    return new Failure('file-unreadable', { path, reason: 'permission denied' })
  const reason = code === 'unknown' ? String(error) : code
  return new Failure('file-unreadable', { path, reason })
}

/** As a handler of a rejected read: null where there is no such file. */
export function ignoreMissing(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null
  throw error
}

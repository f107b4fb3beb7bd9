// The labelled set as folders that every trainer reads: a new folder, in it one a class (below one a
// split where wanted), in it copies of or links to the pictures. It goes into a folder that was not
// there before, so nothing of the person's is replaced or mixed with.
import { constants } from 'node:fs'
import { copyFile, link, mkdir, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ExportedFolders, Picture, PictureClass } from '../../../../shared/dataset'
import { Failure } from '../../../../shared/failure'
import { reason, type Reason } from '../../../../shared/reason'
import { writeFailure } from '../../files/fileFailures'
import { fileNameOf, Names, writeNewFolder } from '../../files/freeNames'
import { inParallel } from '../../files/parallel'

export interface FoldersToExport {
  /** The folder to make the new one in. */
  readonly folder: string
  readonly projectName: string
  readonly as: 'copies' | 'links'
  /** Only classed pictures; where `splits` is set, each with the split it goes to. */
  readonly splits: boolean
  readonly classes: readonly PictureClass[]
  readonly pictures: readonly (Picture & { readonly classId: string })[]
  readonly onProgress?: (done: number) => void
}

const atOnce = 8

/** Pictures whose files are gone are listed in `skipped`.
 *  @throws {Failure} disk-full, not-writable, and dataset-too-small when there is nothing to export */
export async function exportFolders(input: FoldersToExport): Promise<ExportedFolders> {
  if (input.pictures.length === 0) throw new Failure('dataset-too-small', { classes: 0 })
  const name = fileNameOf(input.projectName || 'photos')
  const { path, result } = await writeNewFolder(input.folder, name, (temporary) =>
    writePictures(temporary, input),
  )
  return { folder: path, ...result }
}

async function writePictures(
  root: string,
  { classes, pictures, splits, as: wanted, onProgress }: FoldersToExport,
): Promise<Omit<ExportedFolders, 'folder'>> {
  const folderOf = foldersByClass(classes)
  const names = new Names()
  const skipped: { path: string; reason: Reason }[] = []
  const made = new Map<string, Promise<unknown>>()
  let as: ExportedFolders['as'] = wanted === 'copies' ? 'copies' : 'symbolic-links'
  let done = 0

  const linkTo = async (from: string, to: string) => {
    if (as === 'symbolic-links') {
      try {
        return await symlink(from, to)
      } catch (error) {
        // Windows allows symbolic links only to developers and administrators.
        if (codeOf(error) !== 'EPERM') throw error
        as = 'hard-links'
      }
    }
    await link(from, to)
  }
  const write = async ({ path, classId, split }: FoldersToExport['pictures'][number]) => {
    const inside = splits ? [split ?? 'train'] : []
    const folder = join(root, ...inside, folderOf.get(classId)!)
    const to = join(folder, names.free(folder, basename(path)))
    const making = made.get(folder) ?? mkdir(folder, { recursive: true })
    made.set(folder, making)
    await making.catch((error: unknown) => {
      throw writeFailure(folder, error)
    })
    try {
      if (as === 'copies')
        await copyFile(path, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      else await linkTo(path, to)
    } catch (error) {
      const code = codeOf(error)
      if (code !== 'ENOENT' && code !== 'EACCES') throw writeFailure(to, error)
      skipped.push({ path, reason: reason(code === 'ENOENT' ? 'file-gone' : 'permission-denied') })
    }
    if (++done % 100 === 0) onProgress?.(done)
  }
  // After an error nothing new is started, and all that was started has ended before the folder is
  // removed.
  const errors: unknown[] = []
  await inParallel(pictures, atOnce, async (picture) => {
    if (errors.length === 0) await write(picture).catch((error: unknown) => errors.push(error))
  })
  if (errors.length > 0) throw errors[0]
  return { pictures: pictures.length - skipped.length, as, skipped }
}

/** Two classes may need the same folder name ("a/b" and "a_b"): each gets its own. */
function foldersByClass(classes: readonly PictureClass[]) {
  const names = new Names()
  return new Map(classes.map(({ id, name }) => [id, names.free('', fileNameOf(name))]))
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'

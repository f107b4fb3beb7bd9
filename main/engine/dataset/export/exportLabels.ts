// The labels as a CSV file that this and other programs read back: one line a picture, in a new file
// that replaces none. Lines end in CRLF and fields are quoted where they must be (RFC 4180).
import { stringify, type Options } from 'csv-stringify/sync'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Picture, PictureClass } from '../../../../shared/dataset'
import { writeFailure } from '../../files/fileFailures'
import { fileNameOf } from '../../files/freeNames'

export interface LabelsToExport {
  readonly folder: string
  readonly projectName: string
  readonly classes: readonly PictureClass[]
  readonly pictures: readonly Picture[]
}

const rowsAtOnce = 2000
const columns = ['path', 'label', 'split', 'excluded', 'reviewed']
/** Some readers drop spaces at the ends of fields that are not quoted. */
const format: Options = { record_delimiter: 'windows', quoted_match: /[\r\n]|^\s|\s$/ }

/** @throws {Failure} disk-full, not-writable */
export async function exportLabels(input: LabelsToExport): Promise<{ path: string; rows: number }> {
  const { folder, projectName, classes, pictures } = input
  const names = new Map(classes.map(({ id, name }) => [id, name]))
  const row = ({ path, classId, split, excluded, reviewed }: Picture) => {
    const label = classId === null ? '' : (names.get(classId) ?? '')
    return [path, label, split ?? '', yesNo(excluded), yesNo(reviewed)]
  }
  const name = `${fileNameOf(projectName || 'photos')} labels`
  try {
    const { path, handle } = await openNew(folder, name)
    try {
      await handle.appendFile(stringify([columns], format))
      for (let at = 0; at < pictures.length; at += rowsAtOnce)
        await handle.appendFile(stringify(pictures.slice(at, at + rowsAtOnce).map(row), format))
      await handle.sync()
      await handle.close()
    } catch (error) {
      // An incomplete file must not look like an export; it is this call's own.
      await handle.close().catch(() => undefined)
      await unlink(path).catch(() => undefined)
      throw error
    }
    return { path, rows: pictures.length }
  } catch (error) {
    throw writeFailure(join(folder, `${name}.csv`), error)
  }
}

/** "name.csv", or the first "name 2.csv", "name 3.csv" that is not there yet. */
async function openNew(folder: string, name: string) {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? `${name}.csv` : `${name} ${number}.csv`)
    try {
      return { path, handle: await open(path, 'wx') }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no')

// What a person writes about a run: name, notes, star. They have a file of their own, since a run in
// progress writes all the others.
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { basename } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { Failure } from '../../../shared/failure'
import { RunNotes } from '../../../shared/runList'
import { runPaths } from './runFolder'
import { writeFailure } from '../files/fileFailures'

/** Empty notes if there are none that can be read. */
export function readNotes(folder: string): RunNotes {
  try {
    return RunNotes.parse(JSON.parse(readFileSync(runPaths(folder).notes, 'utf8')))
  } catch {
    return RunNotes.parse({})
  }
}

/** A file that cannot be read holds what the person wrote: it is not written over. */
function keepUnreadable(path: string) {
  if (!existsSync(path)) return
  try {
    RunNotes.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    renameSync(path, `${path}.damaged-${Date.now()}`)
  }
}

/** The name that the person gave it, else its id. */
export const nameOfRun = (folder: string) => readNotes(folder).name || basename(folder)

/** Changes the given fields. Synchronous, so that of two changes at once neither is lost.
 *  @throws {Failure} run-missing, disk-full, not-writable */
export function annotate(folder: string, change: Partial<RunNotes>) {
  const { run, notes } = runPaths(folder)
  if (!existsSync(run)) throw new Failure('run-missing', { run: folder })
  try {
    keepUnreadable(notes)
    writeFileAtomic.sync(notes, JSON.stringify(RunNotes.parse({ ...readNotes(folder), ...change })))
  } catch (error) {
    throw writeFailure(notes, error)
  }
}

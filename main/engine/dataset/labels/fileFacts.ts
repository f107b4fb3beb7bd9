// What is known of a picture's file, taken from the picture and put back into it.
import type { FileFacts, StoredPicture } from './edits'

export const fileFactsOf = (picture: StoredPicture): FileFacts => ({
  id: picture.id,
  path: picture.path,
  name: picture.name,
  file: picture.file,
  problem: picture.problem,
  width: picture.width,
  height: picture.height,
  bytes: picture.bytes,
  modified: picture.modified,
  hash: picture.hash,
})

/** A review ends when the content of the file changes. Written out like `withSettings`: objects with
 *  their properties in one order are quicker to read. */
export const withFileFacts = (picture: StoredPicture, facts: FileFacts): StoredPicture => ({
  id: picture.id,
  path: facts.path,
  name: facts.name,
  classId: picture.classId,
  split: picture.split,
  excluded: picture.excluded,
  reviewed: picture.reviewed && (facts.file !== 'changed' || facts.hash === picture.hash),
  file: facts.file,
  problem: facts.problem,
  width: facts.width,
  height: facts.height,
  bytes: facts.bytes,
  modified: facts.modified,
  hash: facts.hash,
})

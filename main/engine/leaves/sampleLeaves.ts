// The sample photos for someone who has none at hand: drawn once into the app's own folder.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { drawLeaves } from './leaves'

/** Answers their folder, with one folder a class in it.
 *  @throws {Failure} disk-full, not-writable */
export async function sampleLeaves(home: string): Promise<string> {
  const folder = join(home, 'sample-leaves')
  // The last class that is drawn.
  if (!existsSync(join(folder, 'Willow')))
    await drawLeaves(folder, { seed: 1, perClass: 60, size: 160 })
  return folder
}

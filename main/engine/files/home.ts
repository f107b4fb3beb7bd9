// Where the engine stores what belongs to the app rather than to one project: weights, caches, measured
// speeds.
import { join } from 'node:path'

export interface Home {
  /** Root of all paths in homePaths. */
  readonly folder: string
  /** The app's shipped assets. */
  readonly assets: string
}
export const homePaths = ({ folder }: Home) => ({
  weights: join(folder, 'weights'),
  features: join(folder, 'cache', 'features'),
  heic: join(folder, 'cache', 'heic'),
  thumbnails: join(folder, 'cache', 'thumbnails'),
  fingerprints: join(folder, 'cache', 'fingerprints.jsonl'),
  projects: join(folder, 'projects'),
  speed: join(folder, 'speed.json'),
})

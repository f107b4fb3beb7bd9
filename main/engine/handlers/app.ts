import type { EngineStatus } from '../../../shared/device'
import type { EngineContext } from './context'
import { clearFeatureCaches, featureCacheUse } from '../features/features'
import { homePaths } from '../files/home'
import { background } from '../files/turns'
import { done } from './done'

/** Milliseconds that the first opening of the device waits for thumbnails at most. */
const devicePatience = 1000

export function appHandlers({ device, projects, home, post }: EngineContext) {
  const { features } = homePaths(home)
  let opened: Promise<EngineStatus> | null = null
  // A person waits for the pictures. What computes takes a second to load, all in one piece, and
  // nothing on the first screen needs it.
  const openOnce = async () => {
    await background(devicePatience)
    const status = await device.status()
    post('engine.status', status)
    projects.goOn().catch(logBug)
    return status
  }
  return {
    'engine.status': (_: undefined) => (opened ??= openOnce()),
    'cache.use': () => featureCacheUse(features),
    'cache.clear': () => done(clearFeatureCaches(features)),
  }
}

const logBug = (error: unknown) =>
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)

// Reads a feature cache without opening it, for plans and offers: what it holds, and single records.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { pathsFor, type FeatureCacheOptions } from './featureCache'
import { isPart, partPaths, readLines, readRecord, type Entry } from './featurePart'

export interface Peeked {
  has(hash: string): boolean
  /** Values of one record that is there (`has`); null where it is damaged or cannot be read. */
  read(hash: string): Float32Array | null
}
/** What was read of each folder, until its files change. */
const peeked = new Map<string, { readonly stamp: string; readonly recordOf: Map<string, Peek> }>()
interface Peek extends Entry {
  readonly path: string
}

/** Reads a cache without opening it: nothing is kept open or marked as used. Null where there is none. */
export function peekFeatureCache(options: FeatureCacheOptions): Peeked | null {
  const { folder } = pathsFor(options)
  const { bytesPerRecord } = options
  try {
    const parts = readdirSync(folder)
      .filter(isPart)
      .map((name) => partPaths(folder, name))
    if (parts.length === 0) return null
    const stamp = parts
      .map(({ index }) => statSync(index))
      .map(({ size, mtimeMs }) => `${size}-${mtimeMs}`)
      .join()
    const known = peeked.get(folder)
    let recordOf = known?.recordOf
    if (!recordOf || known?.stamp !== stamp) {
      recordOf = new Map()
      for (const { records, index } of parts) {
        const whole = Math.floor(statSync(records).size / bytesPerRecord)
        for (const [hash, entry] of readLines(readFileSync(index), whole).entries)
          recordOf.set(hash, { ...entry, path: records })
      }
      peeked.set(folder, { stamp, recordOf })
    }
    const records = recordOf
    return {
      has: (hash) => records.has(hash),
      read: (hash) => readRecord(records.get(hash)!, bytesPerRecord),
    }
  } catch {
    return null
  }
}

// The weights that can be chosen: the catalogue with what is on this computer, and downloads in
// progress. The official addresses are used unless a mirror is set (RESTAGE_MIRROR).
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Failure } from '../../../shared/failure'
import type { WeightsChoice } from '../../../shared/network'
import type { Post } from '../../../shared/contract'
import type { Home } from '../files/home'
import { startingWeights, weightsPath } from './startingWeights'
import { catalogue, checksumOf, findInCatalogue, type CatalogueEntry } from './catalogue'
import { downloadWeights } from './download'
import { isPublishedFile } from './publishedFile'

export class WeightsShelf {
  private readonly downloads = new Map<string, AbortController>()
  constructor(
    private readonly home: Home,
    private readonly post: Post,
  ) {}

  /** A file counts as here only if its checksum is the published one. */
  list = (): Promise<WeightsChoice[]> => Promise.all(catalogue.map((entry) => this.choice(entry)))

  /** What a file on this computer holds. @throws {Failure} as startingWeights */
  async inspect(path: string): Promise<WeightsChoice> {
    const { architecture, flavour, cut, size } = await startingWeights(this.home, {
      weights: path,
      architecture: null,
      cut: null,
      seed: 0,
    })
    const { size: bytes } = await stat(path)
    return {
      id: path,
      title: basename(path),
      architecture,
      flavour,
      cut,
      size,
      bytes,
      licence: '',
      source: path,
      top1: null,
      state: 'here',
    }
  }

  /** Resolves when the download has ended; `weights.progress` reports how far it is.
   *  @throws {Failure} as downloadWeights; weights-missing, weights-damaged */
  async download(id: string): Promise<void> {
    const entry = findInCatalogue(id)
    if (!entry) throw new Failure('weights-missing', { name: id })
    if (entry.kind === 'shipped')
      throw new Failure('weights-damaged', { path: weightsPath(this.home, entry) })
    if (this.downloads.has(id)) return
    const abort = new AbortController()
    this.downloads.set(id, abort)
    const progress = { id, received: 0, total: entry.bytes as number | null }
    try {
      const mirror = process.env.RESTAGE_MIRROR
      await downloadWeights({
        url: entry.url,
        destination: weightsPath(this.home, entry),
        checksum: entry.checksum,
        bytes: entry.bytes,
        signal: abort.signal,
        ...(mirror ? { mirror } : {}),
        onProgress: ({ received, total }) => {
          Object.assign(progress, { received, total })
          this.post('weights.progress', { ...progress, state: 'downloading', message: null })
        },
      })
      this.post('weights.progress', { ...progress, state: 'done', message: null })
    } catch (error) {
      const cancelled = abort.signal.aborted
      this.post('weights.progress', {
        ...progress,
        state: cancelled ? 'cancelled' : 'failed',
        message: error instanceof Error ? error.message : String(error),
      })
      if (!cancelled) throw error
    } finally {
      this.downloads.delete(id)
    }
  }

  cancel = (id: string) => this.downloads.get(id)?.abort()

  private async choice(entry: CatalogueEntry): Promise<WeightsChoice> {
    const { id, title, architecture, flavour, cut, bytes, licence, source, top1, preprocessing } =
      entry
    const state = (await isPublishedFile(weightsPath(this.home, entry), checksumOf(entry)))
      ? 'here'
      : this.downloads.has(id)
        ? 'downloading'
        : 'downloadable'
    return {
      id,
      title,
      architecture,
      flavour,
      cut,
      bytes,
      licence,
      source,
      top1,
      size: preprocessing.size,
      state,
    }
  }
}

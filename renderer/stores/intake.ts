// What was dropped or chosen on its way into the data set: looked through first, and where folders
// can be read in more than one way the person chooses before anything is added. The same for files
// of labels, which are told about before they are applied.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { LabelImport, Layout, ScanResult } from '../../shared/dataset'
import { call } from '../api'
import { useDataset } from './dataset'
import { useNotices } from './notices'
import { useRoom } from './room'

export const useIntake = defineStore('intake', () => {
  const dataset = useDataset()
  const room = useRoom()
  const { attempt } = useNotices()
  /** Waits for a choice of layout. */
  const offered = shallowRef<{ readonly paths: readonly string[]; readonly scan: ScanResult }>()
  /** Waits to be applied. */
  const labels = shallowRef<{
    readonly path: string
    readonly root: string | null
    readonly told: LabelImport
  }>()

  /** Adds at once where there is nothing to choose. With a class everything goes into that class. */
  const offer = (paths: readonly string[], classId: string | null = null) =>
    attempt(async () => {
      room.go('data')
      if (classId !== null) return void (await dataset.add(paths, { classId }))
      const scan = await call('dataset.scan', { paths: [...paths] })
      const [file] = scan.labelFiles
      if (scan.nested && scan.pictures > 0) offered.value = { paths, scan }
      else if (scan.pictures === 0 && file) await readLabels(file)
      else {
        await dataset.add(paths)
        await offerLabels(scan)
      }
    })

  async function choose(layout: Layout) {
    const chosen = offered.value
    offered.value = undefined
    if (!chosen) return
    await dataset.add(chosen.paths, { layout })
    await offerLabels(chosen.scan)
  }

  const readLabels = (path: string, root: string | null = null) =>
    attempt(async () => {
      const told = await call('dataset.importLabels', { path, root, apply: false })
      labels.value = { path, root, told }
    })

  /** A table that lies beside unlabelled pictures is offered where it knows any of them. */
  async function offerLabels({ labelFiles: [path], choices }: ScanResult) {
    if (!path || !choices.some(({ unlabelled }) => unlabelled > 0)) return
    const told = await call('dataset.importLabels', { path, root: null, apply: false }).catch(
      () => null,
    )
    if (told && told.relabelled > 0) labels.value = { path, root: null, told }
  }

  /** Answers what came of it; undefined when it failed. */
  async function applyLabels(): Promise<LabelImport | undefined> {
    const { path, root } = labels.value ?? {}
    labels.value = undefined
    if (path === undefined || root === undefined) return undefined
    return attempt(() => call('dataset.importLabels', { path, root, apply: true }))
  }

  return { offered, labels, offer, choose, readLabels, applyLabels }
})

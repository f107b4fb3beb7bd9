// The window's copy of the data set. The engine owns it: every action here asks the engine, and
// only dataset.changed (or a whole snapshot) alters what is shown.
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { EventPayload } from '../../shared/contract'
import type {
  DatasetChange,
  DatasetSnapshot,
  IntakeResult,
  Picture,
  PictureClass,
  PictureSettings,
  Split,
} from '../../shared/dataset'
import { picturesAtOnce } from '../../shared/dataset'
import { unpackPictures } from '../../shared/pictureColumns'
import { call, CallFailed, on } from '../api'
import { applyChange, countPictures, noCounts } from './datasetChange'
import { useNotices } from './notices'

export const useDataset = defineStore('dataset', () => {
  const { attempt } = useNotices()
  /** Everything but the pictures and classes of the last snapshot or change. */
  const snapshot = shallowRef<Omit<DatasetSnapshot, 'classes'> | null>(null)
  const classes = shallowRef<readonly PictureClass[]>([])
  const pictures = shallowRef<readonly Picture[]>([])
  const progress = shallowRef<EventPayload<'dataset.progress'> | null>(null)
  const lastIntake = shallowRef<IntakeResult | null>(null)

  const loaded = computed(() => snapshot.value !== null)
  const revision = computed(() => snapshot.value?.revision ?? -1)
  const pictureById = computed(
    () => new Map(pictures.value.map((picture) => [picture.id, picture])),
  )
  const classById = computed(() => new Map(classes.value.map((each) => [each.id, each])))
  const counts = computed(() => countPictures(pictures.value))
  const countsOf = (classId: string | null) => counts.value.byClass.get(classId) ?? noCounts
  /** Photos that training would use, and the classes that have any. */
  const usablePictures = computed(() => counts.value.all.usable)
  const usableClasses = computed(() => classes.value.filter(({ id }) => countsOf(id).usable > 0))

  on('dataset.changed', (change) => {
    if (loading) early.push(change)
    else if (!snapshot.value || change.revision > snapshot.value.revision + 1) void load()
    else if (change.revision >= snapshot.value.revision) apply(change)
  })
  on('dataset.progress', (news) => (progress.value = news.phase === 'idle' ? null : news))

  function apply(change: DatasetChange) {
    const { pictures: columns, removed, classes: itsClasses, ...rest } = change
    if (snapshot.value) snapshot.value = { ...snapshot.value, ...rest }
    classes.value = itsClasses
    if (columns.count || removed.length)
      pictures.value = applyChange(pictures.value, { pictures: unpackPictures(columns), removed })
  }

  /** Changes that came while pages were fetched. */
  let early: DatasetChange[] = []
  async function take({ classes: itsClasses, ...rest }: DatasetSnapshot) {
    snapshot.value = rest
    classes.value = itsClasses
    let fetched: Picture[] = []
    pictures.value = fetched
    for (let total = 1; fetched.length < total;) {
      const page = await call('dataset.pictures', { from: fetched.length, count: picturesAtOnce })
      total = page.total
      if (!page.pictures.count) break
      fetched = [...fetched, ...unpackPictures(page.pictures)]
      pictures.value = fetched
    }
  }

  let loading: Promise<void> | null = null
  function loadFrom(open: () => Promise<DatasetSnapshot>): Promise<void> {
    loading ??= attempt(async () => {
      do {
        early = []
        await take(await open())
      } while (early.some(({ removed }) => removed.length))
    }).then(() => {
      loading = null
      for (const change of early.splice(0)) apply(change)
    })
    return loading
  }
  /** Fetches the open project, or opens the newest, or makes one. */
  const load = () => loadFrom(openSnapshot)
  const createProject = (name: string) => loadFrom(() => call('project.create', { name }))
  const openProject = (id: string) => loadFrom(() => call('project.open', { id }))
  const renameProject = (name: string) =>
    attempt(async () => {
      await call('project.rename', { name })
      if (snapshot.value) snapshot.value = { ...snapshot.value, projectName: name }
    })

  const set = (ids: readonly string[], to: PictureSettings) =>
    attempt(() => call('dataset.set', { groups: [{ pictures: [...ids], to }] }))
  const label = (ids: readonly string[], classId: string | null) => set(ids, { classId })
  const addClass = (name: string) =>
    attempt(async () => (await call('dataset.addClass', { name })).classId)
  const renameClass = (classId: string, name: string) =>
    attempt(() => call('dataset.renameClass', { classId, name }))
  const removeClass = (classId: string, mergeInto: string | null) =>
    attempt(() => call('dataset.removeClass', { classId, mergeInto }))
  const setSplit = (ids: readonly string[], split: Split | null) => set(ids, { split })
  const exclude = (ids: readonly string[], excluded = true) => set(ids, { excluded })
  const undo = () => attempt(() => call('dataset.undo'))
  const redo = () => attempt(() => call('dataset.redo'))

  const add = (paths: readonly string[], classId: string | null = null) =>
    attempt(
      async () => (lastIntake.value = await call('dataset.add', { paths: [...paths], classId })),
    )
  const addSample = () => attempt(async () => (lastIntake.value = await call('dataset.addSample')))

  return {
    snapshot,
    classes,
    pictures,
    progress,
    lastIntake,
    loaded,
    revision,
    pictureById,
    classById,
    counts,
    countsOf,
    usablePictures,
    usableClasses,
    load,
    createProject,
    openProject,
    renameProject,
    label,
    addClass,
    renameClass,
    removeClass,
    setSplit,
    exclude,
    undo,
    redo,
    add,
    addSample,
  }
})

async function openSnapshot(): Promise<DatasetSnapshot> {
  try {
    return await call('dataset.snapshot')
  } catch (reason) {
    if (!(reason instanceof CallFailed) || reason.code !== 'project-missing') throw reason
  }
  const projects = await call('project.list')
  const newest = [...projects].sort((a, b) => b.modified - a.modified)[0]
  return newest
    ? call('project.open', { id: newest.id })
    : call('project.create', { name: 'Photos' })
}

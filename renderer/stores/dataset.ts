// The window's copy of the data set. The engine owns it: every action here asks the engine, and
// only dataset.changed (or a whole snapshot) alters what is shown. Pictures come in pages and then in
// changes, into one table that is altered in place.
import { useTimeoutFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, markRaw, ref, shallowRef, triggerRef } from 'vue'
import type { EventPayload } from '../../shared/contract'
import {
  picturesAtOnce,
  type DatasetChange,
  type DatasetSnapshot,
  type IntakeResult,
  type Layout,
  type Picture,
  type PictureClass,
  type PictureCounts,
  type PictureSettings,
  type SettingGroup,
} from '../../shared/dataset'
import type { PackedEdit } from '../../shared/edit'
import { unpackPictures } from '../../shared/pictureColumns'
import { packGroups, unpackGroups } from '../../shared/pictureSettings'
import { call, CallFailed, on } from '../api'
import { createLatest } from '../latest'
import { classColour } from '../ui/classColour'
import { useNotices } from './notices'
import { PictureTable } from './pictureTable'

/** Changes that follow each other at once are drawn together, once in so many milliseconds. */
const frame = 16
/** Files are not looked for again sooner than this many milliseconds after the last time. */
const betweenChecks = 30_000

export const useDataset = defineStore('dataset', () => {
  const { attempt } = useNotices()
  const snapshot = shallowRef<DatasetSnapshot | null>(null)
  const table = markRaw(new PictureTable())
  /** The rows of the table: the same array for ever, told anew whenever something in it changed. */
  const pictures = shallowRef<readonly Picture[]>(table.rows)
  /** Counts up when rows came or went, and not when one was only edited. */
  const membership = ref(0)
  const progress = shallowRef<EventPayload<'dataset.progress'> | null>(null)
  const lastIntake = shallowRef<IntakeResult | null>(null)

  const loaded = computed(() => snapshot.value !== null)
  const revision = computed(() => snapshot.value?.revision ?? -1)
  const classes = computed(() => snapshot.value?.classes ?? [])
  const classById = computed(() => new Map(classes.value.map((each) => [each.id, each])))
  const colours = computed(
    () => new Map(classes.value.map((each, at) => [each.id, classColour(each, at)])),
  )
  const colourOf = (classId: string) => colours.value.get(classId) ?? null
  const picture = (id: string) => (pictures.value, table.get(id))
  const placeOf = (id: string) => (membership.value, table.placeOf(id))

  const counts = computed<PictureCounts>(() => snapshot.value?.counts.all ?? noCounts)
  const countsById = computed(
    () =>
      new Map(classes.value.map(({ id }, index) => [id, snapshot.value?.counts.classes[index]])),
  )
  /** null stands for the unlabelled. */
  const countsOf = (classId: string | null): PictureCounts =>
    (classId === null ? snapshot.value?.counts.unlabelled : countsById.value.get(classId)) ??
    noCounts
  /** Photos that training would use, and the classes that have any. */
  const usablePictures = computed(() => counts.value.usable)
  const usableClasses = computed(() => classes.value.filter(({ id }) => countsOf(id).usable > 0))

  /** Changes that came while pages were being fetched; null while none are. */
  let kept: DatasetChange[] | null = null
  on('dataset.changed', (change) => {
    if (kept) kept.push(change)
    else if (change.revision > revision.value + 1) void load()
    else if (change.revision >= revision.value) apply(change)
  })
  on('dataset.progress', (news) => (progress.value = news.phase === 'idle' ? null : news))

  const frameEnd = useTimeoutFn(redraw, frame, { immediate: false })
  let redrawWanted = false
  /** Redraws the pictures now, or at the end of the frame if this frame has redrawn them already. */
  function changed() {
    redrawWanted = true
    if (!frameEnd.isPending.value) redraw()
  }
  function redraw() {
    if (!redrawWanted) return
    redrawWanted = false
    triggerRef(pictures)
    frameEnd.start()
  }

  function apply({ pictures: packed, set: groups, removed, ...state }: DatasetChange) {
    if (!snapshot.value) return
    const classes = unchanged(snapshot.value.classes, state.classes)
    snapshot.value = { ...snapshot.value, ...state, classes }
    if (removed.length) table.remove(removed)
    for (const { pictures: ids, to } of unpackGroups(groups)) table.set(ids, to)
    if (table.put(unpackPictures(packed)) || removed.length) membership.value++
    if (packed.count || groups.length || removed.length) changed()
  }

  let checked = 0
  const beginTake = createLatest()
  /** Fetches all pictures of a snapshot; they show as they come. A later call ends an earlier one. */
  async function take(whole: DatasetSnapshot): Promise<void> {
    const isLatest = beginTake()
    checked = 0
    const missed: DatasetChange[] = (kept = [])
    snapshot.value = whole
    table.clear()
    try {
      for (let from = 0, total = 1; from < total; from += picturesAtOnce) {
        const page = await call('dataset.pictures', { from, count: picturesAtOnce })
        if (!isLatest()) return
        table.put(unpackPictures(page.pictures))
        membership.value++
        changed()
        total = page.total
      }
    } finally {
      if (isLatest()) kept = null
    }
    // What was removed meanwhile moved the pages that came after it.
    if (missed.some(({ removed }) => removed.length)) return take(await call('dataset.snapshot'))
    for (const change of missed) if (change.revision > revision.value) apply(change)
  }

  let loading: Promise<void> | null = null
  /** Fetches the open project, or opens the newest, or makes one. */
  function load(): Promise<void> {
    loading ??= attempt(async () => take(await openSnapshot())).then(() => void (loading = null))
    return loading
  }

  /** Looks whether files are still where they were; what it finds comes as changes. */
  const checkFiles = () =>
    attempt(async () => {
      if (!loaded.value || Date.now() - checked < betweenChecks) return
      checked = Date.now()
      await call('dataset.checkFiles')
    })

  const createProject = (name: string) =>
    attempt(async () => take(await call('project.create', { name })))
  const openProject = (id: string) =>
    attempt(async () => {
      await take(await call('project.open', { id }))
      void checkFiles()
    })
  const renameProject = (name: string) =>
    attempt(async () => {
      await call('project.rename', { name })
      if (snapshot.value) snapshot.value = { ...snapshot.value, projectName: name }
    })

  const edit = (edit: PackedEdit) => attempt(() => call('dataset.edit', edit))
  const setGroups = (groups: readonly SettingGroup[]) =>
    edit({ type: 'set', groups: packGroups(groups) })
  const set = (ids: readonly string[], to: PictureSettings) =>
    setGroups([{ pictures: [...ids], to }])
  const label = (ids: readonly string[], classId: string | null) => set(ids, { classId })
  /** Answers with the id of the new class; undefined when it was refused. */
  const addClass = async (name: string) => {
    const id = newId()
    return (await edit({ type: 'addClass', id, name })) === undefined ? undefined : id
  }
  const undo = () => edit({ type: 'undo' })
  const redo = () => edit({ type: 'redo' })

  const add = (paths: readonly string[], how: AddOptions = {}) =>
    attempt(
      async () =>
        (lastIntake.value = await call('dataset.add', {
          paths: [...paths],
          classId: how.classId ?? null,
          layout: how.layout ?? null,
        })),
    )
  const addSample = () => attempt(async () => (lastIntake.value = await call('dataset.addSample')))

  return {
    snapshot,
    classes,
    pictures,
    /** For those who ask for thousands of rows at once: a function of a store costs more than what
     *  it answers. They depend on `pictures` or `membership` themselves. */
    table,
    membership,
    progress,
    lastIntake,
    loaded,
    revision,
    picture,
    placeOf,
    classById,
    colourOf,
    counts,
    countsOf,
    usablePictures,
    usableClasses,
    load,
    checkFiles,
    createProject,
    openProject,
    renameProject,
    edit,
    set,
    setGroups,
    label,
    addClass,
    undo,
    redo,
    add,
    addSample,
  }
})

export interface AddOptions {
  readonly classId?: string | null
  readonly layout?: Layout | null
}

export const noCounts: PictureCounts = {
  total: 0,
  usable: 0,
  excluded: 0,
  reviewed: 0,
  problems: 0,
  missing: 0,
  splits: { train: 0, val: 0, test: 0, none: 0 },
}

/** The same array as long as nothing in it changed, for every tile rests on it. */
function unchanged(now: PictureClass[], next: PictureClass[]): PictureClass[] {
  const same =
    now.length === next.length &&
    now.every((each, at) => JSON.stringify(each) === JSON.stringify(next[at]))
  return same ? now : next
}

/** 48 random bits in hex, as the engine draws its ids. */
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')

async function openSnapshot(): Promise<DatasetSnapshot> {
  try {
    return await call('dataset.snapshot')
  } catch (reason) {
    if (!(reason instanceof CallFailed) || reason.code !== 'project-missing') throw reason
  }
  const projects = (await call('project.list')).filter(({ damage }) => damage === null)
  const newest = [...projects].sort((a, b) => b.modified - a.modified)[0]
  return newest
    ? call('project.open', { id: newest.id })
    : call('project.create', { name: 'Photos' })
}

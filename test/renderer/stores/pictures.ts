// Pictures and a data set as the engine would send them, for tests of the window.
import type { DatasetChange, DatasetSnapshot, Picture } from '../../../shared/dataset'
import { packPictures } from '../../../shared/pictureColumns'

export const picture = (id: string, over: Partial<Picture> = {}): Picture => ({
  id,
  path: `/p/${id}.jpg`,
  name: `${id}.jpg`,
  classId: null,
  split: null,
  excluded: false,
  reviewed: false,
  file: 'present',
  problem: null,
  width: 10,
  height: 10,
  bytes: 1000,
  modified: 1,
  ...over,
})

const noCounts = {
  total: 0,
  usable: 0,
  excluded: 0,
  reviewed: 0,
  problems: 0,
  missing: 0,
  splits: { train: 0, val: 0, test: 0, none: 0 },
}

/** Counts only what tests look at: totals by class. */
export function stateOf(pictures: readonly Picture[]) {
  const countOf = (chosen: readonly Picture[]) => ({ ...noCounts, total: chosen.length })
  const classes = [
    { id: 'a', name: 'Ant', colour: null },
    { id: 'b', name: 'Bee', colour: 3 },
  ]
  return {
    classes,
    counts: {
      all: countOf(pictures),
      unlabelled: countOf(pictures.filter(({ classId }) => classId === null)),
      classes: classes.map(({ id }) => countOf(pictures.filter((each) => each.classId === id))),
    },
    splits: null,
    canUndo: false,
    canRedo: false,
  }
}

export const snapshotOf = (pictures: readonly Picture[], revision = 1): DatasetSnapshot => ({
  projectId: 'p',
  projectName: 'P',
  revision,
  ...stateOf(pictures),
})

export const changeOf = (
  revision: number,
  changed: readonly Picture[],
  over: Partial<DatasetChange> = {},
): DatasetChange => ({
  revision,
  ...stateOf(changed),
  pictures: packPictures(changed),
  set: [],
  removed: [],
  ...over,
})

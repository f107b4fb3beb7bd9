// One window for the tests of a file: each begins with an empty project, an empty folder and a fresh
// page, as after a launch of its own, and fails when the window reported an error.
import { mkdirSync, rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { launch, newProject, setSize, temporary, type Chosen, type Opened } from './driver'

export interface SharedWindow {
  /** Emptied before each test. */
  readonly folder: string
  readonly opened: Opened
}

/** @param choose what dialogs answer, given the folder: paths that a test may fill or leave out */
export function shareWindow(name: string, choose: (folder: string) => Chosen): SharedWindow {
  const folder = temporary(name)
  let opened: Opened
  let errorsBefore = 0
  beforeAll(async () => {
    opened = await launch({ choose: choose(folder) })
    await setSize(opened.app, 1280, 800)
  })
  beforeEach(async () => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    await newProject(opened.page)
    await opened.page.getByTestId('first-run').waitFor()
    errorsBefore = opened.errors.length
  })
  afterEach(() => {
    expect(opened.errors.slice(errorsBefore)).toEqual([])
  })
  afterAll(async () => {
    await opened?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    get opened() {
      return opened
    },
  }
}

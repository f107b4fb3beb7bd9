// @vitest-environment happy-dom
// Label files and chosen photos: a dialog that is cancelled asks for nothing further.
import { beforeEach, expect, test } from 'vitest'
import { useLabelFiles } from '../../../../renderer/data/files/labelFiles'
import { usePhotoChoice } from '../../../../renderer/data/picture/photoChoice'
import { useNotices } from '../../../../renderer/stores/notices'
import { fakeRestage, type FakeRestage } from '../../fakeRestage'
import { useIn } from '../../useIn'

let engine: FakeRestage
const names = () => engine.asked.map(([name]) => name)
beforeEach(() => {
  engine = fakeRestage({ 'app.choose': { paths: [] } })
})

test('nothing happens when no path was chosen', async () => {
  const files = useIn(useLabelFiles)
  await files.importLabels()
  await files.exportLabels()
  await files.exportFolders('links')
  await useIn(usePhotoChoice).chooseFolder()
  expect(names()).toEqual(['app.choose', 'app.choose', 'app.choose', 'app.choose'])
  expect(useNotices().list).toEqual([])
})

test('exported folders are told with how many could not be written', async () => {
  engine.answers['app.choose'] = { paths: ['/out'] }
  engine.answers['dataset.exportFolders'] = { folder: '/out/set', pictures: 2, skipped: ['x'] }
  await useIn(useLabelFiles).exportFolders('copies')
  expect(engine.asksOf('dataset.exportFolders')).toEqual([
    { folder: '/out', as: 'copies', splits: true },
  ])
  expect(useNotices().list[0]).toMatchObject({
    kind: 'note',
    message: '2 photos written',
    hint: '/out/set. 1 could not be written',
  })
})

test('chosen photos are looked through before they are added', async () => {
  engine.answers['app.choose'] = { paths: ['/photos'] }
  const found = { nested: false, pictures: 3, labelFiles: [], choices: [] }
  engine.answers['dataset.scan'] = found
  await useIn(usePhotoChoice).choosePhotos()
  expect(engine.asksOf('app.choose')).toEqual([{ what: 'photos' }])
  expect(engine.asksOf('dataset.add')).toEqual([
    { paths: ['/photos'], classId: null, layout: null },
  ])
})

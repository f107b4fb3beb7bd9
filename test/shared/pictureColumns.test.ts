// Pictures packed for a border come out equal, whatever their paths are.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileStates, splits, type Picture } from '../../shared/dataset'
import { packPictures, unpackPictures } from '../../shared/pictureColumns'
import { reason } from '../../shared/reason'

const name = fc.string({ unit: fc.constantFrom(...'ab. "\\개🐜é\n'), minLength: 1, maxLength: 9 })
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value)
const picture: fc.Arbitrary<Picture> = fc
  .record({
    id: fc.stringMatching(/^[a-z0-9]{1,16}$/),
    folder: fc.constantFrom('/', '/set/ants/', '/set/가/', 'C:/x/', '//server/share/'),
    name,
    classId: orNull(fc.constantFrom('c1', 'c2', 'c3')),
    split: orNull(fc.constantFrom(...splits)),
    excluded: fc.boolean(),
    reviewed: fc.boolean(),
    file: fc.constantFrom(...fileStates),
    problem: orNull(
      fc.constantFrom(
        reason('file-cut-short'),
        reason('needs-memory', { size: '9 x 9', needed: 1 }),
      ),
    ),
    width: orNull(fc.integer({ min: 1, max: 2 ** 32 - 1 })),
    height: orNull(fc.integer({ min: 1, max: 2 ** 32 - 1 })),
    bytes: orNull(fc.integer({ min: 1, max: 1e12 })),
    modified: orNull(fc.double({ min: 1, max: 2e12, noNaN: true })),
  })
  // A backslash ends a folder in a Windows path, and is part of a name elsewhere.
  .filter(({ folder, name }) => folder.startsWith('/') || !name.includes('\\'))
  .map(({ folder, ...rest }) => ({
    ...rest,
    path: folder + rest.name,
    name: rest.name.normalize('NFC'),
  }))

test('what is unpacked equals what was packed', () => {
  fc.assert(
    fc.property(fc.array(picture, { maxLength: 20 }), (pictures) => {
      expect(unpackPictures(packPictures(pictures))).toEqual(pictures)
    }),
  )
})

test('folders and classes are named once', () => {
  const [one] = fc.sample(picture, 1)
  const windows = ['C:\\a\\1.jpg', 'C:\\a\\2.jpg', '\\\\server\\b\\3.jpg']
  const pictures = windows.map((path, i) => ({
    ...one!,
    id: `p${i}`,
    path,
    name: path.split('\\').pop()!,
    classId: 'c',
  }))
  const packed = packPictures(pictures)
  expect(packed.folders).toEqual(['C:\\a\\', '\\\\server\\b\\'])
  expect(packed.classIds).toEqual(['c'])
  expect(unpackPictures(packed)).toEqual(pictures)
})

import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createGrants } from '../../main/grants'

const onLinux = () => createGrants({ path: path.posix, foldCase: false })
const onWindows = () => createGrants({ path: path.win32, foldCase: true })

describe('grants', () => {
  it('holds a file for itself, not for its neighbours', () => {
    const grants = onLinux()
    grants.grant(['/home/kim/cat.jpg'])
    expect(grants.mayRead('/home/kim/cat.jpg')).toBe(true)
    expect(grants.mayRead('/home/kim/dog.jpg')).toBe(false)
    expect(grants.mayRead('/home/kim')).toBe(false)
  })

  it('holds a folder for all that is in it, but not for one whose name only begins alike', () => {
    const grants = onLinux()
    grants.grant(['/home/kim/photos/'])
    expect(grants.mayRead('/home/kim/photos')).toBe(true)
    expect(grants.mayRead('/home/kim/photos/a/b.jpg')).toBe(true)
    expect(grants.mayRead('/home/kim/photos2/b.jpg')).toBe(false)
  })

  it('is not led out of a folder by dots', () => {
    const grants = onLinux()
    grants.grant(['/home/kim/photos'])
    expect(grants.mayRead('/home/kim/photos/../secret')).toBe(false)
    expect(grants.mayRead('/home/kim/photos/a/../b.jpg')).toBe(true)
  })

  it('takes neither relative paths nor a NUL', () => {
    const grants = onLinux()
    grants.grant(['', '.', 'photos', '/a\0b'])
    for (const asked of ['', '.', 'photos', process.cwd(), '/a\0b', '/a']) {
      expect(grants.mayRead(asked)).toBe(false)
    }
  })

  it('minds case where the file system does', () => {
    const linux = onLinux()
    linux.grant(['/Photos'])
    expect(linux.mayRead('/photos')).toBe(false)
    const windows = onWindows()
    windows.grant(['C:\\Photos'])
    expect(windows.mayRead('c:\\photos\\a.jpg')).toBe(true)
    expect(windows.mayRead('d:\\photos\\a.jpg')).toBe(false)
  })

  it("shows the app's own folders without letting them be read", () => {
    const grants = onLinux()
    grants.grantShowing(['/home/kim/.config/Restage'])
    expect(grants.mayShow('/home/kim/.config/Restage/runs/1')).toBe(true)
    expect(grants.mayRead('/home/kim/.config/Restage/runs/1')).toBe(false)
  })

  it('shows what was granted', () => {
    const grants = onLinux()
    grants.grant(['/out'])
    expect(grants.mayShow('/out/model.onnx')).toBe(true)
    expect(grants.mayShow('/elsewhere')).toBe(false)
  })
})

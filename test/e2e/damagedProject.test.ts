// With a damaged project the window opens another one, says in a notice which it is and why, and its menu
// shows the folder; put right, the project opens from the menu.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { launch, temporary } from './driver'

test('a damaged project is told, shown and opened once it is mended', async () => {
  const home = temporary('damaged')
  const folder = join(home, 'projects', 'abc')
  mkdirSync(folder, { recursive: true })
  const file = JSON.stringify({ format: 1, id: 'abc', name: 'Beetles', created: 1, pictures: 0 })
  writeFileSync(join(folder, 'project.json'), file.slice(0, 20))
  const opened = await launch({ home })
  try {
    const { page, app } = opened
    const notice = page.locator('[data-testid=notice][data-code=project-damaged]')
    await notice.waitFor()
    const text = await notice.innerText()
    expect(text).toContain('abc')
    expect(text).toContain('project.json')
    expect(text).toContain(folder)
    await notice.getByRole('button').click()

    await app.evaluate(({ shell }) => {
      const shown: string[] = []
      Object.assign(globalThis, { shown })
      shell.showItemInFolder = (path: string) => void shown.push(path)
    })
    await page.getByTestId('project').click()
    await page.getByRole('menuitem', { name: /folder of "abc"/ }).click()
    await expect
      .poll(() => app.evaluate(() => (globalThis as unknown as { shown: string[] }).shown))
      .toEqual([folder])

    writeFileSync(join(folder, 'project.json'), file)
    await page.getByTestId('project').click()
    await page.getByRole('menuitem', { name: /Beetles/ }).click()
    await expect.poll(() => page.getByTestId('project').innerText()).toContain('Beetles')
    expect(readFileSync(join(folder, 'project.json'), 'utf8')).toContain('Beetles')
    expect(opened.errors).toEqual([])
  } finally {
    await opened.close()
  }
})

// Checks the current state of the window: runs axe in the light and dark theme, and writes screenshots
// of both at both sizes.
import AxeBuilder from '@axe-core/playwright'
import { screenshot, setSize, settled, type Opened } from './driver'

const sizes = [
  [1280, 800],
  [960, 640],
] as const

/** Serious and critical findings, each once, as lines that name the rule and the place. The window is
 *  as large afterwards as it was, and light. */
export async function look({ app, page }: Opened, name: string): Promise<string[]> {
  const before = await page.evaluate(() => [innerWidth, innerHeight] as const)
  const found = new Set<string>()
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await settled(page)
    // A second page, in which axe usually joins its results, cannot be opened in an app.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue
      for (const { target, any } of nodes)
        found.add(`${name}, ${colorScheme}: ${id} ${target.join(' ')} ${any[0]?.message ?? ''}`)
    }
    for (const [width, height] of sizes) {
      await setSize(app, width, height)
      await settled(page)
      await screenshot(page, `look-${name}-${colorScheme}-${width}`)
    }
    await setSize(app, ...before)
    await settled(page)
  }
  return [...found]
}

// The least menu there can be: it gives copy, paste and the like their keys, and a way to quit.
// Roles bring the system's own wording and keys along.
import { Menu, type MenuItemConstructorOptions } from 'electron'

export function setMenu(isMac: boolean): void {
  const items: MenuItemConstructorOptions[] = isMac
    ? [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]
    : [{ role: 'fileMenu' }, { role: 'editMenu' }]
  Menu.setApplicationMenu(Menu.buildFromTemplate(items))
}

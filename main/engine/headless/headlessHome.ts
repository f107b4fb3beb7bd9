// Where runs without a window keep caches: RESTAGE_HOME or ~/.restage.
import os from 'node:os'
import { dirname, join } from 'node:path'
import { homePaths, type Home } from '../files/home'
import { keepDecodedHeic } from '../pictures/heic'

export function headlessHome(): Home {
  const folder = process.env.RESTAGE_HOME ?? join(os.homedir(), '.restage')
  const home = {
    folder,
    assets: process.env.RESTAGE_ASSETS ?? join(dirname(process.argv[1]!), '..', '..', 'assets'),
  }
  keepDecodedHeic(homePaths(home).heic)
  return home
}

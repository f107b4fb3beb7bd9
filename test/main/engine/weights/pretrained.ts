// The real weights that tests may find beside the checkout.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve(process.cwd(), '../shared/pretrained')
export const pretrained = (name: string) => resolve(folder, name)
export const withoutPretrained = !existsSync(folder)
if (withoutPretrained) process.stderr.write('skipped: ../shared/pretrained is missing\n')

// Why a file cannot be used, in the person's language. The engine says it in a few phrases of English,
// which stand in project files too; what is not among them is shown as it came.
import { useI18n } from 'vue-i18n'

const phrases = {
  'is empty': 'empty',
  'is cut short': 'cutShort',
  'is damaged': 'damaged',
  'is not a picture': 'noPicture',
  'is no longer there': 'gone',
  'is a folder': 'folder',
  'may not be read (permission denied)': 'forbidden',
  'is a BMP of an old kind': 'oldBmp',
  'is a compressed BMP, which cannot be read: save it as PNG': 'compressedBmp',
} as const
const patterns = {
  tooLarge: /^is (?<size>\d+ x \d+), larger than (?<most>\d+) megapixels$/,
  needsMemory: /^is (?<size>\d+ x \d+) and needs (?<most>[\d.]+) GB to decode at once$/,
  fileTooLarge: /^has (?<size>[\d.]+) GB, more than (?<most>[\d.]+) GB$/,
} as const

/** The key and the details under `problem`; null for a phrase that is not known. */
export function problemKey(problem: string) {
  const known = phrases[problem as keyof typeof phrases] as
    (typeof phrases)[keyof typeof phrases] | undefined
  if (known) return { key: known, details: {} }
  for (const key of Object.keys(patterns) as (keyof typeof patterns)[]) {
    const details = patterns[key].exec(problem)?.groups
    if (details) return { key, details: { ...details } }
  }
  return null
}

export function useProblemText() {
  const { t } = useI18n({ useScope: 'global' })
  return (problem: string): string => {
    const found = problemKey(problem)
    return found ? t(`problem.${found.key}`, found.details) : problem
  }
}

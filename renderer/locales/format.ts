// How the rooms write numbers: parameters, bytes, seconds and shares. One spelling each, so that the
// same amount reads the same in every room. Pure; the language only decides the units of time.

/** 25557032 -> "25.6 M", 9472 -> "9.5 k", 512 -> "512". */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '-'
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (count >= size) return `${short(count / size)} ${unit}`
  }
  return String(Math.round(count))
}

/** Decimal units, as shops and download pages give them: 102e6 -> "102 MB". */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= size) return `${short(bytes / size)} ${unit}`
  }
  return `${Math.round(bytes)} B`
}

/** 0.935 -> "93.5 %"; 1 -> "100 %"; nothing after the point when `digits` is 0. */
export function formatShare(share: number, digits = 1): string {
  const rounded = (share * 100).toFixed(digits)
  return `${rounded.replace(/\.0+$/, '')} %`
}

/** An accuracy with its interval: "91 % ± 3"; "91.3 % ± 0.6" of many photos; "100 % (72 to 100)" where the
 *  interval is not even; `to` is the word between. */
export function formatInterval(
  { accuracy, low, high }: { accuracy: number; low: number; high: number },
  to: string,
): string {
  const half = (high - low) / 2
  const digits = half < 0.0095 ? 1 : 0
  const points = (share: number) => (100 * share).toFixed(digits)
  const isEven = Math.abs(high - accuracy - (accuracy - low)) <= Math.max(0.01, half / 4)
  return isEven
    ? `${points(accuracy)} % ± ${points(half)}`
    : `${points(accuracy)} % (${points(low)} ${to} ${points(high)})`
}

/** Seconds for a person: "4.1 s", "1 min 50 s", "37 min", "2 h 5 min"; Korean units for "ko". */
export function formatSeconds(seconds: number, locale = 'en'): string {
  const [h, min, s] = locale.startsWith('ko') ? ['시간', '분', '초'] : [' h', ' min', ' s']
  if (seconds < 10) return `${short(Math.max(0, seconds))}${s}`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}${s}`
  if (whole < 3570) {
    // Nobody plans by the second what takes ten minutes.
    if (whole >= 600) return `${Math.round(whole / 60)}${min}`
    const rest = whole % 60
    return `${Math.floor(whole / 60)}${min}${rest ? ` ${rest}${s}` : ''}`
  }
  const total = Math.round(whole / 60)
  const minutes = total % 60
  return `${Math.floor(total / 60)}${h}${minutes ? ` ${minutes}${min}` : ''}`
}

/** A whole run's time, as it is foretold: never more exact than a second, so that every room says the same. */
export const formatForetold = (seconds: number, locale = 'en') =>
  formatSeconds(Math.max(1, Math.round(seconds)), locale)

/** A clock for what is left: 67 -> "1:07", 3700 -> "1:01:40". */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** A very small difference: 0.0000031 -> "3e-6", 0 -> "0". */
export function formatDifference(difference: number): string {
  if (difference === 0) return '0'
  return difference.toExponential(0).replace('e+0', '')
}

const short = (value: number) =>
  value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '')

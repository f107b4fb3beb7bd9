// What a run says of where it is.
import type { Phase, RunNews } from '../../../shared/runEvents'

export const phase = (
  name: Phase,
  [done, total]: readonly [number, number],
  imagesPerSecond: number | null = null,
): RunNews => ({ type: 'phase', phase: name, done, total, imagesPerSecond })

// English words of failures stand in shared/failure.ts, which the headless program uses too, and come
// with each failure from the engine. Nothing is repeated here.
import type { failures as korean } from '../ko/failures'

export const failures: Partial<typeof korean> = {}

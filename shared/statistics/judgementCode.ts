// What one epoch said of the validation photos, as text of two characters a photo: it stands in the run's
// events, so that figures can be derived again whenever they are shown.
import type { Judgement } from './crossFit'

/** Losses are kept in 128 steps of ln(1 + loss), to this largest loss. */
const maxLoss = 30
const steps = 127
/** A photo that could not be read. */
const unread = '--'
/** Of larger validation sets so many photos are kept, spread evenly: 10 kB an epoch. */
const mostJudged = 5000

/** The places of the validation photos whose judgements are kept, of `count` in all. */
export const judgedPlaces = (count: number): number[] => {
  const kept = Math.min(count, mostJudged)
  return Array.from({ length: kept }, (_, i) => Math.floor((i * count) / kept))
}

/** One byte a photo: the highest bit says right or wrong, the others the loss; in hex digits. A loss of NaN
 *  stands for a photo that could not be read. */
export function encodeJudgement({ right, loss }: Judgement): string {
  return right
    .map((isRight, i) => {
      if (Number.isNaN(loss[i])) return unread
      const share = Math.log1p(Math.min(maxLoss, Math.max(0, loss[i]!))) / Math.log1p(maxLoss)
      const code = (isRight ? steps + 1 : 0) + Math.round(share * steps)
      return code.toString(16).padStart(2, '0')
    })
    .join('')
}

/** Null for a text that is not one of `photos` photos. Photos that could not be read have the loss NaN. */
export function decodeJudgement(text: string, photos: number): Judgement | null {
  if (text.length !== 2 * photos || !/^([0-9a-f]{2}|--)*$/.test(text)) return null
  const codes = Array.from({ length: photos }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16))
  return {
    right: codes.map((code) => code > steps),
    loss: codes.map((code) =>
      Number.isNaN(code) ? NaN : Math.expm1(((code & steps) / steps) * Math.log1p(maxLoss)),
    ),
  }
}

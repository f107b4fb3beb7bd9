// What one epoch said of each validation photo, as text of two characters a photo: it stands in the run's
// events, so that figures can be derived again whenever they are shown.
import type { Judgement } from './crossFit'

/** Losses are kept in 128 steps of ln(1 + loss), to this largest loss. */
const maxLoss = 30
const steps = 127

/** One byte a photo: the highest bit says right or wrong, the others the loss; in hex digits. */
export function encodeJudgement({ right, loss }: Judgement): string {
  return right
    .map((isRight, i) => {
      const share = Math.log1p(Math.min(maxLoss, Math.max(0, loss[i]!))) / Math.log1p(maxLoss)
      const code = (isRight ? steps + 1 : 0) + Math.round(share * steps)
      return code.toString(16).padStart(2, '0')
    })
    .join('')
}

/** Null for a text that is not one of `photos` photos. */
export function decodeJudgement(text: string, photos: number): Judgement | null {
  if (text.length !== 2 * photos || !/^[0-9a-f]*$/.test(text)) return null
  const codes = Array.from({ length: photos }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16))
  return {
    right: codes.map((code) => code > steps),
    loss: codes.map((code) => Math.expm1(((code & steps) / steps) * Math.log1p(maxLoss))),
  }
}

// Labels that are probably wrong, after confident learning (Northcutt, Jiang & Chuang, JAIR 2021):
// a model that has not seen the label of a picture estimates its probability. A label is suspect when another
// class is more probable, and surely so when that class is as probable as it usually is among
// pictures that carry it.

export interface Judged {
  /** Class of each picture, 0 to classes - 1. */
  readonly labels: readonly number[]
  readonly classes: number
  /** Out-of-fold probabilities [pictures, classes] (judgeLabels.ts). */
  readonly probabilities: Float32Array
}
export interface Suspect {
  /** Index in `labels`. */
  readonly index: number
  readonly suggested: number
  /** Probability of the suggested class. */
  readonly confidence: number
  readonly sure: boolean
}

/** Every picture, most suspect first: ordered by how far the best other class exceeds the label's
 *  probability. */
export function rankSuspects({ labels, classes, probabilities }: Judged): Suspect[] {
  const usual = new Float64Array(classes)
  const counts = new Float64Array(classes)
  labels.forEach((label, i) => {
    usual[label]! += probabilities[i * classes + label]!
    counts[label]!++
  })
  const ranked = labels.map((label, index) => {
    const of = (c: number) => probabilities[index * classes + c]!
    let suggested = label === 0 ? 1 : 0
    for (let c = 0; c < classes; c++) if (c !== label && of(c) > of(suggested)) suggested = c
    const confidence = of(suggested)
    const margin = confidence - of(label)
    const sure = margin > 0 && confidence * counts[suggested]! >= usual[suggested]!
    return { margin, suspect: { index, suggested, confidence: Math.min(1, confidence), sure } }
  })
  return ranked.sort((a, b) => b.margin - a.margin).map(({ suspect }) => suspect)
}

// How many of 50 planted wrong labels are among the first 60 suspects.
import { judgeLabels } from '../../main/engine/suggest/judgeLabels'
import { rankSuspects } from '../../main/engine/suggest/suspects'
import { seededRandom } from '../../shared/random'
import type { RealSet } from './realSet'

const planted = 50
const looked = 60

export async function plantedMislabels(
  { labels: truth, classes, matrix }: RealSet,
  seed: number,
): Promise<number> {
  const random = seededRandom('mislabels', seed)
  const rows = truth.map((_, i) => i)
  const wrong = new Set(random.shuffled(rows).slice(0, planted))
  const labels = truth.map((label, i) =>
    wrong.has(i) ? (label + 1 + random.integer(classes - 1)) % classes : label,
  )
  const probabilities = await judgeLabels({ features: matrix, rows, labels, classes })
  return rankSuspects({ labels, classes, probabilities })
    .slice(0, looked)
    .filter(({ index }) => wrong.has(index)).length
}

// Measures every split, size and way to learn of one set with one set of weights, split by split, so that
// what was measured when it is cut off is paired.
import os from 'node:os'
import type { Home } from '../../main/engine/files/home'
import type { Preset } from '../../shared/runConfig'
import type { Peers } from '../peers'
import { drawSplit, sizesThatDiffer, taughtOf, type Size } from './draws'
import { wholeViewFeatures } from './features'
import { judge } from './judged'
import { fineTuning, regression } from './names'
import { Peer, type Answered } from './peer'
import type { PhotoSet } from './photoSet'
import { runPreset, type Lesson } from './preset'
import type { Measured, Results } from './results'

export interface Asked {
  readonly home: Home
  readonly set: PhotoSet
  /** A catalogue id or a file, and the file that the peers read. */
  readonly weights: string
  readonly weightsFile: string
  readonly splits: number
  readonly sizes: readonly Size[]
  readonly presets: readonly Preset[]
  readonly peers: Peers | null
  /** Seconds of the fine-tuning peer where Thorough was not measured on that split; null: not measured. */
  readonly peerSeconds: number | null
  readonly results: Results
  readonly machine: string
  readonly version: string
  /** False: stop before the next measurement. */
  readonly goesOn: () => boolean
  readonly say: (line: string) => void
}

type Extra = Partial<Pick<Measured, 'secondsForetold' | 'secondsFeatures' | 'figure'>>
type Learn = (lesson: Lesson & { readonly size: Size }) => Promise<(Answered & Extra) | null>

/** @returns whether everything was measured. A way to learn that fails is said and tried again next time. */
export async function measureSet(asked: Asked): Promise<boolean> {
  const { set, splits, sizes, results, goesOn, say } = asked
  const peers = await openPeers(asked)
  const ways = new Map<string, Learn>([
    ...asked.presets.map((preset): [string, Learn] => [
      preset,
      (lesson) => runPreset({ ...lesson, ...asked, preset }),
    ]),
    ...peers.ways,
  ])
  let complete = true
  try {
    for (let split = 1; split <= splits; split++) {
      const draw = drawSplit(set.photos, split)
      for (const size of sizesThatDiffer(draw, sizes)) {
        const lesson = { set, taught: taughtOf(draw, size), held: draw.held, seed: split, size }
        for (const [who, learn] of ways) {
          const key = {
            set: set.name,
            content: set.content,
            weights: asked.weights,
            split,
            size,
            who,
          }
          if (results.find(key)) continue
          if (!goesOn()) return false
          const load = os.loadavg()[0]!
          try {
            const answered = await learn(lesson)
            if (!answered) continue
            const { probabilities, ...rest } = answered
            const labels = draw.held.map((i) => set.photos[i]!.label)
            const row: Measured = {
              ...{ secondsForetold: null, secondsFeatures: null, figure: null },
              ...{ ...key, ...rest, ...judge(probabilities, labels), load },
              ...{ classes: set.classes.length, taught: lesson.taught.length },
              ...{ heldBack: labels.length, date: new Date().toISOString() },
              ...{ machine: asked.machine, version: asked.version },
            }
            results.add(row)
            say(
              `${set.name}, split ${split}, ${size} a class: ${who} ${(100 * row.accuracy).toFixed(1)} % ` +
                `in ${row.seconds.toFixed(1)} s (${row.chose})`,
            )
          } catch (error) {
            complete = false
            say(`${set.name}, split ${split}, ${size} a class: ${who} failed: ${String(error)}`)
            if (peers.ways.has(who)) ways.delete(who)
          }
        }
      }
    }
    return complete
  } finally {
    peers.end()
  }
}

async function openPeers({ home, set, weights, peerSeconds, ...asked }: Asked) {
  const ways = new Map<string, Learn>()
  if (!asked.peers) return { ways, end: () => undefined }
  const features = await wholeViewFeatures(home, { set, weights })
  const linear = new Peer(asked.peers, 'quality_regression.py', features)
  const opened = [linear]
  const labelsOf = (rows: readonly number[]) => rows.map((i) => set.photos[i]!.label)
  const classes = set.classes.length
  ways.set(regression, ({ taught, held, seed }) =>
    linear.ask({ taught, labels: labelsOf(taught), held, seed, classes }),
  )
  if (peerSeconds !== null) {
    const tuned = new Peer(asked.peers, 'quality_finetune.py', {
      paths: set.photos.map(({ path }) => path),
      weights: asked.weightsFile,
    })
    opened.push(tuned)
    ways.set(fineTuning, ({ taught, held, seed, size }) => {
      const thorough = asked.results.find({
        ...{ set: set.name, content: set.content, weights, split: seed, size, who: 'thorough' },
      })
      // Where Thorough is asked for and failed, there is no time to be equal to.
      if (!thorough && asked.presets.includes('thorough')) return Promise.resolve(null)
      const seconds = thorough?.seconds ?? peerSeconds
      return tuned.ask({ taught, labels: labelsOf(taught), held, seed, classes, seconds })
    })
  }
  return { ways, end: () => opened.forEach((one) => one.end()) }
}

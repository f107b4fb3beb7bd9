// Pairs of pictures that look alike, without comparing each with each: multi-index hashing (Norouzi,
// Punjani & Fleet, CVPR 2012). Two hashes that differ in at most nine of 64 bits differ in at most
// one bit of one of five bands, so a picture meets only those in the same bucket or one bit beside.
// Each picture asks with itself and its crops; whole pictures and their mirror images answer.
import { bitCount, distance, type Look, type PictureHash } from '../../pictures/perceptualHash'
import { createYielder } from '../../files/eventLoop'

export interface NearPair {
  readonly a: number
  readonly b: number
  /** Bits that differ between the best crops. */
  readonly bits: number
}

/** On cifar10-sample 9 finds every copy that was planted; there, 2 false pairs in 500,000. */
export const nearBits = 9
/** Pictures whose mean colours differ by more (of 255) are not copies of each other. */
const nearTone = 30
const bands = 5
const most = 1 << 13
/** Pairs of places in `looks`, each once. Yields to the event loop. */
export async function nearPairs(looks: readonly Look[]): Promise<NearPair[]> {
  const answers = [...looks.map(({ whole }) => whole), ...looks.map(({ mirror }) => mirror)]
  const high = Uint32Array.from(answers, (hash) => hash[0])
  const low = Uint32Array.from(answers, (hash) => hash[1])
  const buckets = Array.from({ length: bands }, (_, band) => fillBuckets(answers, band))
  const pairs = new Map<number, NearPair>()
  const met = new Int32Array(answers.length)
  let asked = 0
  const yieldNowAndThen = createYielder()
  for (let a = 0; a < looks.length; a++) {
    for (const hash of questionsOf(looks[a]!)) {
      asked++
      for (let band = 0; band < bands; band++) {
        const { starts, members } = buckets[band]!
        const key = bandOf(hash, band)
        for (let probe = 0; probe < most; probe = probe === 0 ? 1 : probe << 1) {
          const bucket = key ^ probe
          for (let at = starts[bucket]!; at < starts[bucket + 1]!; at++) {
            const answer = members[at]!
            if (met[answer] === asked) continue
            met[answer] = asked
            const bits = bitCount(hash[0] ^ high[answer]!) + bitCount(hash[1] ^ low[answer]!)
            const b = answer % looks.length
            if (bits > nearBits || b === a || !sameTone(looks[a]!, looks[b]!)) continue
            const pair = Math.min(a, b) * looks.length + Math.max(a, b)
            const known = pairs.get(pair)
            if (!known || known.bits > bits)
              pairs.set(pair, { a: Math.min(a, b), b: Math.max(a, b), bits })
          }
        }
      }
    }
    await yieldNowAndThen()
  }
  return [...pairs.values()].sort((one, other) => one.a - other.a || one.b - other.b)
}

const sameTone = (a: Look, b: Look) =>
  a.tone.every((value, channel) => Math.abs(value - b.tone[channel]!) <= nearTone)

/** Crops that look like one already asked about ask nothing new. */
function questionsOf({ whole, crops }: Look): PictureHash[] {
  const questions = [whole]
  for (const crop of crops)
    if (questions.every((question) => distance(question, crop) > 0)) questions.push(crop)
  return questions
}

/** Every fifth bit, so that low and high frequencies are spread over all bands. */
function bandOf([high, low]: PictureHash, band: number) {
  let bits = 0
  for (let bit = band; bit < 64; bit += bands)
    bits = (bits << 1) | (((bit < 32 ? high : low) >>> (bit & 31)) & 1)
  return bits
}

function fillBuckets(hashes: readonly PictureHash[], band: number) {
  const keys = Int32Array.from(hashes, (hash) => bandOf(hash, band))
  const starts = new Int32Array(most + 1)
  for (const key of keys) starts[key + 1]!++
  for (let key = 0; key < most; key++) starts[key + 1]! += starts[key]!
  const free = starts.slice()
  const members = new Int32Array(hashes.length)
  keys.forEach((key, i) => (members[free[key]!++] = i))
  return { starts, members }
}

// A seeded generator (mulberry32) so that shuffles, splits, crops and initial weights repeat
// exactly from a seed. Counter-based: position i does not depend on how many were drawn before.

export interface Random {
  /** The next number in [0, 1). */
  next(): number
  /** An integer in [0, below). */
  integer(below: number): number
  /** Standard normal (Box-Muller). */
  normal(): number
  /** A new shuffled copy (Fisher-Yates). */
  shuffled<T>(list: readonly T[]): T[]
}

/** mulberry32 at counter `i` of `seed`: an integer in [0, 2^32). */
export function mulberry32(seed: number, i: number): number {
  const a = (seed + Math.imul(i, 0x6d2b79f5)) | 0
  let t = Math.imul(a ^ (a >>> 15), a | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return (t ^ (t >>> 14)) >>> 0
}

/** FNV-1a over the UTF-8 bytes of a text: a 32-bit seed. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of utf8(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

export function seededRandom(...seed: readonly (number | string)[]): Random {
  const start = fnv1a32(seed.join('/'))
  let i = 0
  const next = () => mulberry32(start, ++i) / 2 ** 32
  const integer = (below: number) => Math.floor(next() * below)
  return {
    next,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffled(list) {
      const copy = [...list]
      for (let end = copy.length - 1; end > 0; end--) {
        const pick = integer(end + 1)
        const kept = copy[end]!
        copy[end] = copy[pick]!
        copy[pick] = kept
      }
      return copy
    },
  }
}

function* utf8(text: string): Generator<number> {
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code < 0x80) yield code
    else if (code < 0x800) yield* [0xc0 | (code >> 6), 0x80 | (code & 63)]
    else if (code < 0x10000)
      yield* [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
    else
      yield* [
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      ]
  }
}

// How the panel draws what each block adds: the accuracy lost without it, and a bar as wide as its
// share of the largest change. Pure.
import type { BlockEffects } from '../../shared/evaluation'

export interface BlockRow {
  readonly block: string
  /** Accuracy lost when the block is switched off; negative where it gets better. */
  readonly loss: number
  /** 0 to 1. */
  readonly width: number
}

/** In the order of the network. */
export function rowsOf({ accuracy, blocks }: BlockEffects): BlockRow[] {
  const losses = blocks.map((block) => accuracy - block.accuracy)
  const most = Math.max(...losses.map(Math.abs), 0)
  return blocks.map(({ block }, i) => ({
    block,
    loss: losses[i]!,
    width: most === 0 ? 0 : Math.abs(losses[i]!) / most,
  }))
}

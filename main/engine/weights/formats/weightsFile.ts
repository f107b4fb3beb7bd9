// What every weights reader hands on.
import type { Tensor } from '../../network/tensor'

/** What a reader finds in a file, before it is named and hashed. */
export interface ParsedWeights {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly metadata: Readonly<Record<string, string>>
}

export interface WeightsFile extends ParsedWeights {
  /** SHA-256 of the whole file, 64 lower-case hex digits. */
  readonly sha256: string
}

/** A counter that PyTorch keeps in every batch norm; nothing here uses it. */
export const isBookkeeping = (name: string) => name.endsWith('num_batches_tracked')

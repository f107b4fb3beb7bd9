// The parsers of weights by format, from the bytes of a whole file. They run in the engine or in a
// thread of their own (parseInThread.ts).
import { parseKeras } from './keras'
import { parsePytorchLegacy } from './pytorchLegacy'
import { parsePytorchZip } from './pytorchZip'
import { parseSafetensors } from './safetensors'
import type { ParsedWeights } from './weightsFile'

export type WeightsFormat = 'safetensors' | 'zip' | 'pickle' | 'hdf5'

export interface BytesToParse {
  readonly format: WeightsFormat
  readonly bytes: Uint8Array
  /** Only for messages. */
  readonly path: string
}

type Parser = (bytes: Uint8Array, path: string) => ParsedWeights | Promise<ParsedWeights>

const parsers: Readonly<Record<WeightsFormat, Parser>> = {
  safetensors: parseSafetensors,
  zip: parsePytorchZip,
  pickle: parsePytorchLegacy,
  hdf5: parseKeras,
}

/** @throws {Failure} weights-format, weights-truncated, weights-unsafe, weights-architecture */
export const parseWeights = async ({ format, bytes, path }: BytesToParse): Promise<ParsedWeights> =>
  parsers[format](bytes, path)

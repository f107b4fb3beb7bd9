// Loads the TensorFlow binding, once, when it is first needed. Node 23 dropped two util functions
// that tfjs-node 4.22 still calls; they are put back first.
import util from 'node:util'
import { Failure } from '../../../shared/failure'
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu'

type Library = typeof TensorFlow
let loading: Promise<Library> | null = null

/** @throws {Failure} engine-missing when the library or its binding cannot be loaded. */
export function loadTensorflow(): Promise<Library> {
  loading ??= load()
  return loading
}

async function load(): Promise<Library> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  // TensorFlow turns oneDNN on by itself only where the processor has AVX-512 VNNI; on AVX2 it is
  // about twice as fast too (ResNet-18 training 2.1 x, ResNet-50 forward 1.8 x, AMD EPYC, 2 cores).
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1'
  // Otherwise TensorFlow reserves all GPU memory, and other programs get none.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  })
  try {
    const module = (await import('@tensorflow/tfjs-node-gpu')) as Library & { default?: Library }
    return module.default ?? module
  } catch (error) {
    throw new Failure('engine-missing', {
      reason: (error instanceof Error ? error.message : String(error)).split('\n')[0]!,
    })
  }
}

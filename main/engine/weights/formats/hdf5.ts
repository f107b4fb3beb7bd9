// HDF5 as far as Keras's weights need it, by the HDF5 library compiled to WebAssembly (h5wasm). The
// file is read where it lies, one tensor at a time. Links that lead out of the file are not
// followed, and whatever the library dislikes about a file is a failure of that file.
import type * as Hdf5 from 'h5wasm/node'
import type { Attribute, Dataset, File, Group } from 'h5wasm/node'
import { Failure } from '../../../../shared/failure'
import { elementCount, type Tensor } from '../../network/tensor'

/** One layer of a Keras model: its variables by the last part of their names, as stored. */
export interface StoredLayer {
  readonly name: string
  readonly variables: ReadonlyMap<string, Tensor>
}

interface Source {
  readonly path: string
  readonly fileBytes: number
}

const floatClass = 1 // H5T_FLOAT

/**
 * The layers of a file in Keras's first HDF5 layout: `layer_names` on the root, or on
 * `model_weights` in a file that holds a whole model, and `weight_names` on each layer.
 * Throws weights-format.
 */
export async function readKerasLayers(source: Source): Promise<readonly StoredLayer[]> {
  const library = await import('h5wasm/node')
  const { path } = source
  let file: File | undefined
  try {
    const { activate_throwing_error_handler } = await library.ready
    activate_throwing_error_handler()
    file = new library.File(path, 'r')
    return readLayers(file, library, source)
  } catch (error) {
    if (error instanceof Failure) throw error
    throw wrong(path, 'its HDF5 structure is damaged, or leads out of the file')
  } finally {
    close(file)
  }
}

type Library = Pick<typeof Hdf5, 'Group' | 'Dataset'>

function readLayers(file: File, { Group, Dataset }: Library, source: Source) {
  const { path, fileBytes } = source
  const inside = file.keys().includes('model_weights') ? file.get('model_weights') : file
  if (!(inside instanceof Group)) throw wrong(path, 'model_weights is no group')
  const layers = namesOn(inside, 'layer_names')
  if (!layers) {
    const reason = file.keys().includes('layers')
      ? 'it is of Keras 3’s own layout (.weights.h5); save the whole model as .h5 instead'
      : 'it is an HDF5 file, but none with the weights of a Keras model'
    throw wrong(path, reason)
  }
  let total = 0
  const find = (from: Group, name: string) =>
    name.split('/').reduce<unknown>((at, part) => (at instanceof Group ? at.get(part) : null), from)
  return layers.map((name): StoredLayer => {
    const layer = find(inside, name)
    if (!(layer instanceof Group)) throw wrong(path, `the layer ${name} is missing`)
    const variables = new Map<string, Tensor>()
    for (const stored of namesOn(layer, 'weight_names') ?? []) {
      const dataset = find(layer, stored)
      if (!(dataset instanceof Dataset)) throw wrong(path, `${stored} is missing`)
      const shape = dataset.shape ?? []
      total += elementCount(shape)
      // Honest files hold four bytes a value; a small hostile one cannot ask for much memory.
      if (total > fileBytes) throw wrong(path, 'its tensors are larger than the file')
      const kind = stored.slice(stored.lastIndexOf('/') + 1).replace(/:0$/, '')
      variables.set(kind, { shape, data: floatsOf(dataset, stored, path) })
    }
    return { name, variables }
  })
}

function floatsOf(dataset: Dataset, name: string, path: string): Float32Array {
  const { type, size, vlen } = dataset.metadata
  if (type !== floatClass || (size !== 4 && size !== 8) || vlen)
    throw wrong(path, `${name} holds no float32`)
  const { value } = dataset
  if (value instanceof Float32Array) return value
  if (value instanceof Float64Array) return Float32Array.from(value)
  throw wrong(path, `${name} holds no float32`)
}

/** A list of names; beyond 64 KB Keras spreads it over `name0`, `name1` and so on. */
function namesOn(group: Group, name: string): string[] | undefined {
  const { attrs } = group
  const read = ({ value }: Attribute) => (Array.isArray(value) ? value.map(String) : [])
  if (attrs[name]) return read(attrs[name])
  const parts: string[] = []
  for (let i = 0; attrs[`${name}${i}`]; i++) parts.push(...read(attrs[`${name}${i}`]!))
  return parts.length > 0 ? parts : undefined
}

function close(file: File | undefined) {
  try {
    file?.close()
  } catch {
    // What went wrong with the file has been told already.
  }
}

const wrong = (path: string, reason: string) => new Failure('weights-format', { path, reason })

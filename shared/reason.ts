// Why something is as it is, as a code and its details: part of a failure, of a picture that cannot be
// used, or of what the engine decided. The English stands here, since the headless program needs no
// interface files; other languages stand in renderer/locales.
import { z } from 'zod'

const table = {
  // Files
  'permission-denied': 'permission denied',
  'disk-read-only': 'the disk is read-only',
  'folder-missing': 'the folder is missing',
  'folder-is-file': 'its folder is not a folder',
  'disk-error': 'the disk reports an error',
  'too-many-open': 'too many files are open',
  'in-use': 'another program uses it',
  'folder-in-place': 'there is a folder in its place',
  'file-in-place': 'there is a file in its place',
  'name-too-long': 'its name is too long',
  'system-error': 'the system reports {error}',
  'labels-damaged': 'its stored labels are damaged',
  'labels-missing': 'its labels are missing',
  'edits-missing': 'edits after its snapshot are missing',
  'project-file-missing': 'project.json is missing',
  'project-file-damaged': 'project.json is damaged',
  'other-version': 'it was written by another version of Restage',

  // Pictures
  'file-empty': 'the file is empty',
  'file-cut-short': 'the file is cut short',
  'file-damaged': 'the file is damaged',
  'not-a-picture': 'the file is not a picture',
  'file-gone': 'the file is no longer there',
  'is-folder': 'it is a folder',
  'old-bmp': 'it is a BMP of an old kind',
  'compressed-bmp': 'it is a compressed BMP, which cannot be read: save it as PNG',
  'too-many-pixels': 'it is {size}, larger than {limit} megapixels',
  'needs-memory': 'it is {size} and needs {needed} GB to decode at once',
  'file-too-large': 'it has {size} GB, more than {limit} GB',

  // Weights: the file
  'no-file': 'it is no file',
  'over-2-gb': 'it is larger than 2 GB',
  'file-shrank': 'it shrank meanwhile',
  'content-unknown': 'its content is of no known kind',
  'reading-slow': 'reading it takes too long',
  'reading-memory': 'reading it takes too much memory',
  'bytes-missing': '{found} of {expected} bytes are there',
  'part-missing': '{name} is missing',
  'part-incomplete': '{name} is incomplete',
  'tensors-too-large': 'its tensors are larger than the file',
  'numbers-big-endian': 'its numbers are big-endian',
  // Weights: pickles
  'pickle-incomplete': 'its pickle is incomplete',
  'pickle-malformed': 'its pickle is malformed',
  'pickle-steps': 'its pickle takes more steps than any real one',
  'pickle-foreign': 'it is a pickle, but none that PyTorch wrote',
  'pickle-protocol': 'it is of an unknown PyTorch protocol',
  'no-state-dict': 'it holds no state dict',
  'storages-malformed': 'its list of storages is malformed',
  'storage-unused': 'nothing refers to storage {key}',
  'storage-length': 'storage {key} has an unexpected length',
  'storage-twice': 'storage {key} is described in two ways',
  'storage-incomplete': 'storage {key} is incomplete',
  'tensor-beyond': '{name} reaches beyond its storage',
  'tensor-twice': '{name} is there twice',
  // Weights: zips
  'zip-foreign': 'it is a zip, but none that PyTorch wrote',
  torchscript: 'it is a TorchScript program, not a state dict',
  'zip-twice': 'it holds {name} twice',
  'zip-damaged': '{name} is damaged',
  'zip-overlap': '{name} overlaps another part of the file',
  'zip-entries': 'it claims an impossible number of entries',
  'zip-no-contents': 'its table of contents is missing',
  'zip-contents': 'its table of contents is damaged',
  'zip-contents-outside': 'its table of contents leads out of the file',
  'zip-zip64': 'its zip64 end is not where it says',
  'zip-encrypted': '{name} is encrypted',
  'zip-compressed': '{name} is compressed',
  'zip-misplaced': '{name} is not where it says',
  // Weights: safetensors
  'header-missing': 'it has no header',
  'header-large': 'its header is larger than 8 MB',
  'header-incomplete': 'its header is incomplete',
  'header-no-json': 'its header is no JSON object',
  'metadata-no-text': 'its metadata is not text',
  'tensor-type': '{name} is of the unknown type {type}',
  'tensor-size': 'the shape of {name} does not fit its {bytes} bytes',
  'tensor-entry': 'the entry of {name} is malformed',
  'tensor-backwards': '{name} ends before it begins',
  'tensor-overlap': '{name} overlaps another tensor',
  'tensor-gap': 'there is a gap before {name}',
  'bytes-unclaimed': '{bytes} bytes belong to no tensor',
  // Weights: HDF5
  'hdf5-damaged': 'its HDF5 structure is damaged, or leads out of the file',
  'hdf5-no-group': 'model_weights is no group',
  'hdf5-foreign': 'it is an HDF5 file, but none with the weights of a Keras model',
  'keras-3-layout':
    'it is of Keras 3’s own layout (.weights.h5); save the whole model as .h5 instead',
  'layer-twice': 'it names a layer twice',
  'layer-missing': 'the layer {name} is missing',
  'values-outside': '{name} keeps its values outside of the file',
  'not-float32': '{name} holds no float32',
  'structure-slow': 'reading its structure takes too long',
  'groups-endless': 'its groups are nested without end',
  'names-many': 'it names too many layers or variables',
  'names-malformed': 'its list of names is malformed',
  // Weights: the network
  'blocks-foreign': 'no {block} ResNet of {version} has {blocks} blocks in its stages',
  'blocks-unordered': 'its blocks are not numbered in order',
  'tensor-foreign': '{name} is in no ResNet',
  'keras-foreign': '{name} is in no ResNet of keras.applications',
  'the-network': 'The network in the file',
  'this-run': 'this run',
  'none-of-name': 'none of that name',
  'tensor-missing': 'none (it is missing)',
  'tensor-instead': '{shape} (as {name})',

  // Label files
  'no-path': 'no path',
  'no-label': 'no label',
  'image-unlisted': 'an image that is not listed',
  'category-unlisted': 'a category that is not listed',
  'outside-folder':
    'outside of the chosen folder: add its photos first, or choose a folder that holds them',
  'label-file-large': 'That label file has {size} MB; at most {limit} MB are read. Split it.',
  'label-file-empty': 'No line of that file holds a path and a label.',
  'no-csv': 'That file is no CSV: {error}.',
  'no-json': 'That file is no JSON.',
  'no-coco': 'That JSON has no images, categories and annotations as COCO has them.',

  // What cannot be done
  'run-is-finished': 'This run is finished.',
  'photo-gone': 'That photo is no longer there.',
  'class-gone': 'That class is no longer there.',
  'class-into-itself': 'A class cannot be merged into itself.',
  'class-id-taken': 'There is already a class with that id.',
  'none-missing-there': 'No photo is missing from {folder}.',

  // The device
  'exit-code': 'exit code {code}',
  'cuda-found': 'The CUDA libraries and a graphics card were found.',
  'cuda-missing': 'The CPU computes: there is a {gpu}, but the CUDA libraries are not installed.',
  'no-gpu': 'The CPU computes: no NVIDIA driver or card was found.',
  'gpu-bfloat16': 'bfloat16: the card multiplies it (compute capability {capability}).',
  'gpu-float32': 'float32: the card does not multiply bfloat16 natively, or does not say so.',
  'cpu-bfloat16': 'bfloat16: the processor multiplies it (AVX-512 or AMX).',
  'cpu-float32': 'float32: the processor does not multiply bfloat16 natively.',
  'processor-differs': 'The processor’s results differ from the reference by {percent} %.',
  'device-differs':
    '{device} in {precision} differs from the processor by {percent} %, so it is not used.',
  'events-damaged':
    '{count} of the events that this run stored are damaged: figures may be missing',
  'batch-reduced': 'The device ran out of memory; training goes on with {photos} photos at once.',

  /** A text that came from elsewhere, or was stored by an earlier version: shown as it is. */
  other: '{text}',
} as const satisfies Record<string, string>

export type ReasonCode = keyof typeof table
export const reasonCodes = Object.keys(table) as [ReasonCode, ...ReasonCode[]]

export const Reason = z.object({
  code: z.enum(reasonCodes),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
})
export interface Reason {
  readonly code: ReasonCode
  readonly details: Record<string, string | number>
}
export type ReasonDetails = Reason['details']

export const reason = (code: ReasonCode, details: ReasonDetails = {}): Reason => ({ code, details })
export const otherReason = (text: string): Reason => reason('other', { text })

/** Also the texts that earlier versions stored. */
export const StoredReason = z.union([Reason, z.string().transform(otherReason)])

/** In English; unknown placeholders stay as they are. */
export const describeReason = ({ code, details }: Reason): string => fill(table[code], details)

export const fill = (text: string, details: ReasonDetails): string =>
  text.replace(/\{(\w+)\}/g, (whole, key: string) => String(details[key] ?? whole))

// An expected failure: something the person can understand and act on. Bugs throw plain errors.
// The one table of codes; what a code says on screen stands in renderer/locales, what it says on a
// terminal stands here, so that the headless program needs no interface files.

import { z } from 'zod'
import { describeReason, fill, Reason } from './reason'

const table = {
  'file-missing': ['{path} is no longer there.', 'Put it back, or choose another.'],
  'file-unreadable': ['{path} cannot be read: {reason}.', 'Check the file and its permissions.'],
  'folder-empty': [
    'No photos were found in {path}.',
    'Choose a folder with JPEG, PNG or WebP photos.',
  ],
  'dataset-too-small': [
    '{classes} class(es) with photos; at least 2 are needed.',
    'Add another class of photos.',
  ],
  'class-too-small': [
    '"{name}" has {count} photo(s) for training.',
    'Add photos to it, or leave it out.',
  ],
  'class-exists': ['There is already a class called "{name}".', 'Choose another name.'],
  'class-locked': ['The class "{name}" is locked.', 'Unlock it first.'],
  'project-missing': ['The project {id} is not on this computer.', 'Open another project.'],
  'in-use': [
    '{path} is in use by another Restage.',
    'Close it there or wait until it has ended, then try again.',
  ],
  'project-damaged': [
    'The project "{name}" cannot be opened: {reason}.',
    'Nothing in {path} was changed; restore it from a backup, or mend what is named.',
  ],
  'labels-damaged': [
    'The latest labels of "{name}" are damaged: {count} line(s) could not be used.',
    'Check your labels; those lines are kept in {path}.',
  ],
  'queue-damaged': [
    'The queue of "{name}" could not be read.',
    'Add its runs again; the file is kept as {path}.',
  ],
  'runs-damaged': [
    '{count} run(s) of "{name}" could not be read: {runs}.',
    'Their files in {path} are as they were; restore run.json from a backup.',
  ],
  'nothing-granted': [
    '{path} was not chosen or dropped by you.',
    'Drop it on the window, or choose it.',
  ],
  'weights-unsafe': [
    '{path} asks to run {name}, so it was not opened.',
    'Use weights from a source you trust, best as safetensors.',
  ],
  'weights-format': [
    '{path} is not a weights file that can be read: {reason}.',
    'Use safetensors, or a PyTorch .pth file.',
  ],
  'weights-truncated': ['{path} is cut short: {reason}.', 'Download it again.'],
  'weights-architecture': [
    'The tensors in {path} are of no ResNet that is known: {reason}.',
    'Use weights of a ResNet 18 to 152, its v2, or the CIFAR family.',
  ],
  'weights-mismatch': [
    '{tensor} has shape {found}, but {architecture} needs {expected}.',
    'Choose the architecture that the weights were made for.',
  ],
  'weights-missing': [
    'The weights "{name}" are not on this computer.',
    'Download them, or choose a file.',
  ],
  'weights-damaged': [
    '{path} is damaged or was changed: its checksum differs.',
    'Restore it from a backup, download it again, or train again.',
  ],
  'download-offline': [
    '{host} could not be reached.',
    'Connect to the internet and try again; what is there is kept.',
  ],
  'download-status': ['{host} answered {status}.', 'Try again later.'],
  'download-truncated': [
    'The download stopped at {received} of {expected} bytes.',
    'Try again; it goes on where it stopped.',
  ],
  'download-hash': [
    'What {host} sent is not the published file (its checksum differs).',
    'Try again, or download it by hand.',
  ],
  'download-size': [
    '{host} sent more than the published file has ({expected} bytes).',
    'Try again later, or download it by hand.',
  ],
  'download-slow': [
    'The download from {host} took too long.',
    'Try again; it continues where it stopped.',
  ],
  'disk-full': ['The disk is full, {path} could not be written.', 'Free some space and try again.'],
  'not-writable': ['{path} cannot be written: {reason}.', 'Choose another folder.'],
  'engine-missing': [
    'The computing library could not be loaded: {reason}.',
    'Run npm run setup, then try again.',
  ],
  'engine-stopped': [
    'The engine stopped unexpectedly and was started again.',
    'Finished epochs are kept; try again.',
  ],
  'out-of-memory': [
    'The device ran out of memory: {reason}.',
    'Use a smaller batch or smaller pictures.',
  ],
  'app-stopped': [
    'The app ended while this run was training.',
    'Continue it; at most the work since the last checkpoint is repeated.',
  ],
  'trash-failed': [
    '{path} could not be moved to the trash: {reason}.',
    'Nothing was deleted; remove the folder yourself if you no longer need it.',
  ],
  'run-active': ['A training is already going on.', 'Wait for it, or stop it.'],
  'run-missing': ['There is no run {run}.', 'Train a model first.'],
  'run-diverged': ['The loss became {loss} in epoch {epoch}.', 'Use a lower learning rate.'],
  'run-stopped': ['Stopped.', 'Continue with --resume.'],
  cancelled: ['Stopped.', ''],
  'bad-input': ['{reason}', 'Correct it and try again.'],
  'export-differs': [
    'The reloaded {format} model differs by {difference}.',
    'Please report this; the file was not kept.',
  ],
} as const satisfies Record<string, readonly [string, string]>

export type FailureCode = keyof typeof table

/** A detail that is itself a cause is given as a Reason, so that it can be said in any language. */
export const FailureDetails = z.record(z.string(), z.union([z.string(), z.number(), Reason]))
export type FailureDetails = Readonly<z.infer<typeof FailureDetails>>
export const failureCodes = Object.keys(table) as readonly FailureCode[]
export const isFailureCode = (code: string): code is FailureCode =>
  Object.prototype.hasOwnProperty.call(table, code)

/** Longest text of a detail, in UTF-16 units: names from a damaged file may have megabytes. */
const longestDetail = 4096

const shortened = <T extends FailureDetails>(details: T): T =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      if (typeof value === 'object') return [name, { ...value, details: shortened(value.details) }]
      const isLong = typeof value === 'string' && value.length > longestDetail
      return [name, isLong ? `${value.slice(0, longestDetail)}…` : value]
    }),
  ) as T

export class Failure extends Error {
  readonly code: FailureCode
  readonly details: FailureDetails
  constructor(code: FailureCode, details: FailureDetails = {}) {
    const short = shortened(details)
    super(describeFailure(code, short).message)
    this.name = 'Failure'
    this.code = code
    this.details = short
  }
}

/** What happened and what to do, in English; unknown placeholders stay as they are. */
export function describeFailure(code: FailureCode, details: FailureDetails) {
  const [message, hint] = table[code]
  const words = wordsOf(details, describeReason)
  return { message: fill(message, words), hint: fill(hint, words) }
}

/** The details as text and numbers, each reason in the words of `describe`. */
export const wordsOf = (details: FailureDetails, describe: (reason: Reason) => string) =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'object' ? describe(value) : value,
    ]),
  )

// `evaluate`: a run judged on the photos of a folder.
import { resolve } from 'node:path'
import { labelledFolder, type LabelledPicture } from '../dataset/labelledFolder'
import { describeBasis } from '../evaluation/describeBasis'
import { effectsOfBlocks, evaluateRun } from '../evaluation/evaluateRun'
import { openModel } from '../evaluation/model'
import { photosOfRun } from '../evaluation/photosOfRun'
import { homePaths, type Home } from '../files/home'
import { inParallel } from '../files/parallel'
import { openFingerprints } from '../pictures/fingerprint'
import { samplesOf } from '../plan/samples'
import { headlessHome } from './headlessHome'

/** Of the photos in a folder, their test or else validation part where they have one. Photos that the run
 *  trained on are known by their content. */
export async function evaluate(
  run: string,
  folder: string,
  { blocks = false }: { blocks?: boolean } = {},
) {
  const runFolder = resolve(run)
  const model = await openModel(runFolder)
  try {
    const known = (await labelledFolder(folder)).filter(({ className }) =>
      model.run.classes.includes(className),
    )
    const split = (['test', 'val'] as const).find((part) =>
      known.some((picture) => picture.split === part),
    )
    const pictures = known.filter((picture) => split === undefined || picture.split === split)
    const photos = await photosOfRun({
      ...{ folder: runFolder, run: model.run, split: null },
      now: await hashed(headlessHome(), pictures),
      drawn: () => samplesOf(known, model.run.config),
    })
    const evaluation = await evaluateRun(model, {
      ...{ folder: runFolder, photos },
      split: split ?? 'test',
    })
    const { accuracy, low, high, basis, figure, classes, confusion, perClass } = evaluation
    const effects = blocks ? await effectsOfBlocks(model, photos) : null
    return {
      ...{ accuracy, low, high, judgedOn: describeBasis(basis), basis },
      ...(figure ? { figure } : {}),
      ...{ classes, confusion, perClass },
      ...(effects ? { blocks: effects.blocks } : {}),
    }
  } finally {
    model.inference.dispose()
  }
}

/** With the content's hash of each; null where a file cannot be read. */
async function hashed(home: Home, pictures: readonly LabelledPicture[]) {
  const fingerprints = await openFingerprints(homePaths(home).fingerprints)
  const hashes = new Map<string, string | null>()
  await inParallel(pictures, 8, async ({ path }) => {
    hashes.set(path, await fingerprints.hash(path).catch(() => null))
  })
  await fingerprints.flush()
  return pictures.map((picture) => ({ ...picture, hash: hashes.get(picture.path) ?? null }))
}

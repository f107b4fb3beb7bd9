// What the judged photos did in the run, as one English line for the command line. The window's words stand
// in renderer/locales.
import type { Basis } from '../../../shared/evaluation'

export function describeBasis(basis: Basis): string {
  const parts = [
    [basis.unseen, 'it never saw'],
    [basis.outOfFold, 'it trained on, judged by heads that had not seen them'],
    [basis.chose, 'that chose its epoch'],
    [basis.trained, 'it trained on, so this is no measure of new photos'],
    [basis.unknown, 'that it may have trained on: the run does not say'],
  ] as const
  const judged = parts.flatMap(([count, what]) => (count > 0 ? [`${photos(count)} ${what}`] : []))
  const beside = [
    [basis.addedSince, 'added since'],
    [basis.relabelled, 'of another class since'],
    [basis.leftOut, 'left out because it trained on them'],
  ] as const
  return [
    judged.join('; ') || 'no photos',
    ...beside.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])),
  ].join(', ')
}

const photos = (count: number) => `${count} photo${count === 1 ? '' : 's'}`

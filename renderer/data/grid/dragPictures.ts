// Tiles carried to a class row: the ids travel as one private type, so that a drop of tiles is never
// taken for a drop of files.
const type = 'application/x-restage-pictures'

export function carryPictures(event: DragEvent, ids: readonly string[]) {
  if (!event.dataTransfer) return
  event.dataTransfer.setData(type, JSON.stringify(ids))
  event.dataTransfer.effectAllowed = 'copy'
}

export const carriesPictures = (event: DragEvent) =>
  event.dataTransfer?.types.includes(type) ?? false
export const carriesFiles = (event: DragEvent) =>
  event.dataTransfer?.types.includes('Files') ?? false

export function carriedPictures(event: DragEvent): readonly string[] {
  const text = event.dataTransfer?.getData(type)
  const ids: unknown = text ? JSON.parse(text) : []
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : []
}

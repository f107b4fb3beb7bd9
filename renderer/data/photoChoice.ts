// Adding photos through the system's dialog: the way without dragging.
import { call } from '../api'
import { useDataset } from '../stores/dataset'
import { useNotices } from '../stores/notices'

export function usePhotoChoice() {
  const dataset = useDataset()
  const { attempt } = useNotices()

  const choose = (what: 'folder' | 'photos') =>
    attempt(async () => {
      const { paths } = await call('app.choose', { what })
      if (paths.length) await dataset.add(paths)
    })

  return { chooseFolder: () => choose('folder'), choosePhotos: () => choose('photos') }
}

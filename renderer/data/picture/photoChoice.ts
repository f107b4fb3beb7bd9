// Adding photos through the system's dialog: the way without dragging.
import { call } from '../../api'
import { useIntake } from '../../stores/intake'
import { useNotices } from '../../stores/notices'

export function usePhotoChoice() {
  const intake = useIntake()
  const { attempt } = useNotices()

  const choose = (what: 'folder' | 'photos') =>
    attempt(async () => {
      const { paths } = await call('app.choose', { what })
      if (paths.length) await intake.offer(paths)
    })

  return { chooseFolder: () => choose('folder'), choosePhotos: () => choose('photos') }
}

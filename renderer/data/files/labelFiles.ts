// Labels from a file and to a file, and the labelled set as folders: the system's dialog, the call,
// and one notice of what came of it.
import { useI18n } from 'vue-i18n'
import { call } from '../../api'
import { useIntake } from '../../stores/intake'
import { useNotices } from '../../stores/notices'

export function useLabelFiles() {
  const { t } = useI18n({ useScope: 'global' })
  const intake = useIntake()
  const { attempt, tell } = useNotices()

  const chosen = async (what: 'labels' | 'folder' | 'export-folder') =>
    (await call('app.choose', { what })).paths[0]

  const importLabels = () =>
    attempt(async () => {
      const path = await chosen('labels')
      if (path) await intake.readLabels(path)
    })

  const exportLabels = () =>
    attempt(async () => {
      const folder = await chosen('export-folder')
      if (!folder) return
      const { path, rows } = await call('dataset.exportLabels', { folder })
      tell(t('files.exported', { n: rows }, rows), path)
    })

  const exportFolders = (as: 'copies' | 'links') =>
    attempt(async () => {
      const folder = await chosen('export-folder')
      if (!folder) return
      const made = await call('dataset.exportFolders', { folder, as, splits: true })
      const rest = made.skipped.length ? t('files.skipped', { n: made.skipped.length }) : ''
      tell(
        t('files.exportedFolders', { n: made.pictures }, made.pictures),
        [made.folder, rest].filter(Boolean).join('. '),
      )
    })

  return { importLabels, exportLabels, exportFolders }
}

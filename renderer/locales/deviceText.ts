// What computes, in the person's language.
import { useI18n } from 'vue-i18n'
import type { EngineStatus } from '../../shared/device'

export function useDeviceText() {
  const { t } = useI18n({ useScope: 'global' })
  return ({ device, threads }: Pick<EngineStatus, 'device' | 'threads'>): string =>
    device.kind === 'cpu'
      ? t('engine.cpu', { n: threads }, threads)
      : t('engine.cuda', { name: device.name || t('engine.gpu') })
}

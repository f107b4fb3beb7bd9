// What a reason says in the person's language: by its code where the locale has words for it, else in
// the engine's English.
import { useI18n } from 'vue-i18n'
import { describeReason, type Reason } from '../../shared/reason'

export function useReasonText() {
  const { t, te, locale } = useI18n({ useScope: 'global' })
  return (reason: Reason): string => {
    const key = `reason.${reason.code}`
    return te(key, locale.value) ? t(key, reason.details) : describeReason(reason)
  }
}

// What a failure says in the person's language: by its code where the locale has words for it, else
// as the engine sent it. Gaps in the details stay visible as {name} rather than vanish. A reason comes in
// English, sometimes as "file: reason", and is said in the person's language where it is known.
import { useI18n } from 'vue-i18n'
import { reasons } from './ko/reasons'

interface Told {
  readonly code: string | null
  readonly details: Readonly<Record<string, string | number>>
  readonly message: string
  readonly hint: string
}

export function useFailureText() {
  const { t, te, locale } = useI18n({ useScope: 'global' })
  return (failure: Told): { readonly message: string; readonly hint: string } => {
    const key = `failure.${failure.code}`
    if (!failure.code || !te(`${key}.message`, locale.value)) return failure
    const details = { ...failure.details }
    if (locale.value === 'ko' && 'reason' in details)
      details.reason = koreanReason(String(details.reason))
    return { message: t(`${key}.message`, details), hint: t(`${key}.hint`, details) }
  }
}

const koreanReason = (text: string) =>
  text
    .split(': ')
    .map((part) => reasons[part] ?? part)
    .join(': ')

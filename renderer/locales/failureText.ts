// What a failure says in the person's language: by its code where the locale has words for it, else
// as the engine sent it. Gaps in the details stay visible as {name} rather than vanish.
import { useI18n } from 'vue-i18n'
import { wordsOf, type FailureDetails } from '../../shared/failure'
import { useReasonText } from './reasonText'

interface Told {
  readonly code: string | null
  readonly details: FailureDetails
  readonly message: string
  readonly hint: string
}

export function useFailureText() {
  const { t, te, locale } = useI18n({ useScope: 'global' })
  const reasonText = useReasonText()
  return (failure: Told): { readonly message: string; readonly hint: string } => {
    const key = `failure.${failure.code}`
    if (!failure.code || !te(`${key}.message`, locale.value)) return failure
    const words = wordsOf(failure.details, reasonText)
    return { message: t(`${key}.message`, words), hint: t(`${key}.hint`, words) }
  }
}

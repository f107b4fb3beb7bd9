// The one vue-i18n instance. Its messages are interpreted, never compiled with eval, since the
// window's content security policy forbids that.
import { createI18n } from 'vue-i18n'
import { en } from './en'
import { ko } from './ko'

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  missingWarn: false,
  fallbackWarn: false,
  messages: { en, ko },
})

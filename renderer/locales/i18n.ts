// The one vue-i18n instance. Its messages are interpreted, never compiled with eval.
import { createI18n } from 'vue-i18n'
import { en } from './en'
import { ko } from './ko'
import { rooms as roomsEn } from './rooms/en'
import { rooms as roomsKo } from './rooms/ko'

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  missingWarn: false,
  fallbackWarn: false,
  messages: { en: { ...en, ...roomsEn }, ko: { ...ko, ...roomsKo } } as Record<string, object>,
})

// The one vue-i18n instance. Its messages are interpreted, never compiled with eval.
import { createI18n, type LocaleMessage, type VueMessageType } from 'vue-i18n'
import { en } from './en'
import { ko } from './ko'
import { rooms as enRooms } from './rooms/en'
import { rooms as koRooms } from './rooms/ko'
import { rooms as roomsEn } from './rooms/en'
import { rooms as roomsKo } from './rooms/ko'

const messages: Record<string, LocaleMessage<VueMessageType>> = {
  en: { ...en, ...roomsEn },
  ko: { ...ko, ...roomsKo },
}

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  missingWarn: false,
  fallbackWarn: false,
  messages,
})

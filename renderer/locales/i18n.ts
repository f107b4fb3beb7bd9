// The one vue-i18n instance. Its messages are interpreted, never compiled with eval, since the
// window's policy forbids that. The four later rooms keep their words in rooms/, how to train its in
// training/.
import { createI18n } from 'vue-i18n'
import { en } from './en'
import { ko } from './ko'
import { rooms as enRooms } from './rooms/en'
import { rooms as koRooms } from './rooms/ko'
import { runWords as enRuns } from './rooms/runsEn'
import { runWords as koRuns } from './rooms/runsKo'
import { training as enTraining } from './training/en'
import { training as koTraining } from './training/ko'

const failure: Partial<typeof ko.failure> = {}

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  missingWarn: false,
  fallbackWarn: false,
  messages: {
    en: { ...en, failure, ...enRooms, ...enTraining, ...enRuns },
    ko: { ...ko, ...koRooms, ...koTraining, ...koRuns },
  },
})

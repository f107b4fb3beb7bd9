// Starts the window: fonts and tokens, stores, words, then the app. The policy forbids eval, so zod
// must not compile its schemas to code.
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { z } from 'zod'
import App from './App.vue'
import { i18n } from './locales/i18n'
import './styles/tokens.css'
import './styles/base.css'

z.config({ jitless: true })
createApp(App).use(createPinia()).use(i18n).mount('#app')

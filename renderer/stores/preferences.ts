// What this person likes, kept in the window's own storage: the language.
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

export const languages = ['en', 'ko'] as const
export type Language = (typeof languages)[number]

const key = 'restage.language'
const isLanguage = (value: unknown): value is Language => languages.some((known) => known === value)

export const usePreferences = defineStore('preferences', () => {
  const language = ref<Language>(rememberedLanguage())
  watch(language, (value) => localStorage.setItem(key, value))
  return { language }
})

function rememberedLanguage(): Language {
  const remembered = localStorage.getItem(key)
  if (isLanguage(remembered)) return remembered
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en'
}

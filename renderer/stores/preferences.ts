// What this person likes, kept in the window's own storage: the language, the size of tiles, and
// whether labelling moves on to the next picture.
import { defineStore } from 'pinia'
import { computed, ref, watch, type Ref } from 'vue'

export const languages = ['en', 'ko'] as const
export type Language = (typeof languages)[number]
export const tileSizes = [72, 96, 120, 168, 240] as const
export type TileSize = (typeof tileSizes)[number]

export const usePreferences = defineStore('preferences', () => {
  const language = remembered('language', languages, spokenHere())
  const tileSize = remembered('tileSize', tileSizes, 120)
  const moving = remembered('moveOn', ['yes', 'no'] as const, 'yes')
  const suggesting = remembered('suggest', ['yes', 'no'] as const, 'no')

  /** One size up or down, as far as there is one. */
  function resizeTiles(by: 1 | -1) {
    tileSize.value = tileSizes[tileSizes.indexOf(tileSize.value) + by] ?? tileSize.value
  }

  const suggest = asSwitch(suggesting)
  function setSuggest(wanted: boolean) {
    suggest.value = wanted
  }

  return {
    language,
    tileSize,
    resizeTiles,
    moveOn: asSwitch(moving),
    suggest,
    setSuggest,
  }
})

function remembered<T extends string | number>(
  name: string,
  known: readonly T[],
  otherwise: T,
): Ref<T> {
  const key = `restage.${name}`
  const stored = localStorage.getItem(key)
  const value = ref(known.find((each) => String(each) === stored) ?? otherwise) as Ref<T>
  watch(value, (now) => localStorage.setItem(key, String(now)))
  return value
}

const asSwitch = (value: Ref<'yes' | 'no'>) =>
  computed({
    get: () => value.value === 'yes',
    set: (now: boolean) => (value.value = now ? 'yes' : 'no'),
  })

const spokenHere = (): Language => (navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en')

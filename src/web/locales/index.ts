import {en} from './en.ts'
import {type Say, type Strings, sayIn} from './strings.ts'

export interface Locale {
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** What the language calls itself. */
  readonly name: string
  readonly say: Say
}

interface Entry {
  readonly name: string
  readonly dir?: 'rtl'
  readonly strings: Strings
}

/** By BCP 47 tag. */
export const locales: Readonly<Record<string, Entry>> = {
  en: {name: 'English', strings: en},
}

/**
 * The locale for the first of `wanted` that there is: the very tag, else its language. English if there is none.
 */
export function localeFor(wanted: readonly string[]): Locale {
  const tags = Object.keys(locales)
  for (const tag of wanted) {
    const language = tag.split('-')[0]!.toLowerCase()
    const found =
      tags.find((known) => known.toLowerCase() === tag.toLowerCase()) ??
      tags.find((known) => known.split('-')[0] === language)
    if (found !== undefined) return localeOf(found)
  }
  return localeOf('en')
}

function localeOf(lang: string): Locale {
  const {name, dir, strings} = locales[lang]!
  return {lang, name, dir: dir ?? 'ltr', say: sayIn(strings, lang)}
}

import {en} from './en.ts'
import {type Say, type Strings, sayIn} from './strings.ts'

export interface Locale {
  readonly lang: LocaleTag
  readonly dir: 'ltr' | 'rtl'
  readonly say: Say
}

/** The languages there are, by BCP 47 tag, with what each calls itself. */
export const localeNames = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  ja: '日本語',
  'zh-CN': '简体中文',
  ar: 'العربية',
} as const

export type LocaleTag = keyof typeof localeNames

const tags = Object.keys(localeNames) as LocaleTag[]

/** The first of `wanted` that there is: the very tag, else its language; English if there is none. */
export function localeTagFor(wanted: readonly string[]): LocaleTag {
  for (const tag of wanted) {
    const language = tag.split('-')[0]!.toLowerCase()
    const found =
      tags.find((known) => known.toLowerCase() === tag.toLowerCase()) ??
      tags.find((known) => known.split('-')[0] === language)
    if (found !== undefined) return found
  }
  return 'en'
}

export function localeOf(lang: LocaleTag, strings: Strings): Locale {
  // A server that is older than this script has no words for what is new.
  return {lang, dir: lang === 'ar' ? 'rtl' : 'ltr', say: sayIn({...en, ...strings}, lang)}
}

export const english: Locale = localeOf('en', en)

const longestFetchMs = 60_000

/**
 * A language's strings, fetched from the server unless it is English, which comes with the script.
 * English too when they cannot be had: an assistant in the wrong language beats none.
 */
export async function loadLocale(lang: LocaleTag, endpoint: string): Promise<Locale> {
  if (lang === 'en') return english
  try {
    const response = await fetch(`${endpoint}/locales/${lang}.json`, {
      signal: AbortSignal.timeout(longestFetchMs),
    })
    return response.ok ? localeOf(lang, (await response.json()) as Strings) : english
  } catch {
    return english
  }
}

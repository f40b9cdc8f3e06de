import {tagFor} from '../../lib/tag-for.ts'
import {en} from './en.ts'
import {type Say, type Strings, sayIn} from './strings.ts'

export interface Locale {
  readonly lang: LocaleTag
  readonly dir: 'ltr' | 'rtl'
  readonly say: Say
}

/** The supported languages by BCP 47 tag, each with its own name. */
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

/** The locale for the first supported tag of `wanted`, matched exactly or else by language; English if none is. */
export function localeTagFor(wanted: readonly string[]): LocaleTag {
  return tagFor(tags, wanted) ?? 'en'
}

export const directionOf = (lang: LocaleTag): Locale['dir'] => (lang === 'ar' ? 'rtl' : 'ltr')

export function localeOf(lang: LocaleTag, strings: Strings): Locale {
  // A server that is older than this script lacks new strings.
  return {lang, dir: directionOf(lang), say: sayIn({...en, ...strings}, lang)}
}

export const english: Locale = localeOf('en', en)

const fetchTimeoutMs = 60_000

/**
 * Loads a language's strings from the server; English is part of the script. Falls back to English: an assistant in the
 * wrong language is better than none.
 */
export async function loadLocale(lang: LocaleTag, endpoint: string): Promise<Locale> {
  if (lang === 'en') return english
  try {
    const response = await fetch(`${endpoint}/locales/${lang}.json`, {
      signal: AbortSignal.timeout(fetchTimeoutMs),
    })
    return response.ok ? localeOf(lang, (await response.json()) as Strings) : english
  } catch {
    return english
  }
}

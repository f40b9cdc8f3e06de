import {posix} from 'node:path'
import type {SiteFile} from '../generator.ts'
import {isRecord, memberOf, textOr} from '../shared/config-values.ts'
import {joinRoute} from '../shared/join-route.ts'
import {languageTag} from '../shared/languages.ts'
import type {Site} from '../site.ts'
import type {Config} from './config.ts'

/** The plugin mkdocs-static-i18n. */
export type Translations = {
  readonly folders: boolean
  readonly default: string
  readonly locales: readonly string[]
}

export function translationsOf(options: Config | null): Translations | null {
  if (!options) return null
  const listed = options['languages']
  const languages = Array.isArray(listed)
    ? listed.filter(isRecord).map((language) => ({
        locale: textOr(language['locale'], ''),
        isDefault: language['default'] === true,
      }))
    : Object.keys(isRecord(listed) ? listed : {}).map((locale) => ({locale, isDefault: false}))
  const locales = languages.map(({locale}) => locale).filter((locale) => languageTag(locale) !== null)
  const first = languages.find(({isDefault}) => isDefault)?.locale ?? locales[0] ?? 'en'
  return {
    folders: options['docs_structure'] === 'folder',
    default: textOr(options['default_language'], first),
    locales,
  }
}

export function languagesOf(
  config: Config,
  docs: string,
  i18n: Translations | null,
): Partial<Site['languages']> {
  // As Material calls it, and as MkDocs' own themes do.
  const theme = memberOf(config, 'theme')
  const own = languageTag(memberOf(theme, 'language') ?? memberOf(theme, 'locale'))
  if (!i18n) return {default: own}
  const folders = i18n.locales.map((locale) => [posix.join(docs, locale), languageTag(locale)!] as const)
  return {
    default: languageTag(i18n.default) ?? own,
    folders: i18n.folders ? Object.fromEntries(folders) : {},
    endings: i18n.folders ? [] : i18n.locales,
  }
}

/** A file of the i18n plugin, by its folder or its ending, with the address of its language. */
export function translated(file: SiteFile, i18n: Translations | null): SiteFile {
  if (!i18n) return file
  const under = (locale: string): string => (locale === i18n.default ? '' : locale)
  if (i18n.folders) {
    const [locale, ...rest] = file.segments as [string, ...string[]]
    if (rest.length === 0 || !i18n.locales.includes(locale)) return file
    return {...file, base: joinRoute(file.base, under(locale)), segments: rest}
  }
  const name = file.segments.at(-1)!
  const locale = i18n.locales.find((ending) => name.endsWith(`.${ending}`))
  if (locale === undefined) return file
  const segments = [...file.segments.slice(0, -1), name.slice(0, -locale.length - 1)]
  return {...file, base: joinRoute(file.base, under(locale)), segments}
}

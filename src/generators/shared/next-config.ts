import {memberOf, textOr} from './config-values.ts'
import {joinRoute} from './join-route.ts'
import {languageTag} from './languages.ts'
import {type ConfigFile, configIn, type ProjectFolder} from './project-folder.ts'
import {scriptConfigOf} from './script-config.ts'

/** What the configuration of a Next.js project says of its routes. */
export interface NextConfig {
  readonly file: ConfigFile
  readonly base: string
  readonly hasSlash: boolean
  readonly locales: readonly string[]
  readonly defaultLocale: string | null
}

export function nextConfig(folder: ProjectFolder): NextConfig | null {
  const file = configIn(folder, /^next\.config\.(?:js|ts|mjs|cjs|mts)$/)
  if (!file) return null
  const config = scriptConfigOf(file, folder)
  const locales = memberOf(config, 'i18n', 'locales')
  const main = memberOf(config, 'i18n', 'defaultLocale')
  return {
    file,
    base: joinRoute(textOr(memberOf(config, 'basePath'), '')),
    hasSlash: memberOf(config, 'trailingSlash') === true,
    locales: Array.isArray(locales) ? locales.filter((name) => languageTag(name) !== null) : [],
    defaultLocale: typeof main === 'string' ? main : null,
  }
}

/** Parts of a path in `app` that are no parts of the route: `(group)`, `@slot`. */
export function isGroup(segment: string): boolean {
  return /^\(.+\)$|^@/.test(segment)
}

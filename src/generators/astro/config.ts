import {posix} from 'node:path'
import {folderPath, isRecord, memberOf, textOr} from '../shared/config-values.ts'
import {joinRoute} from '../shared/join-route.ts'
import {type ConfigFile, configIn, type ProjectFolder} from '../shared/project-folder.ts'
import {scriptConfigOf} from '../shared/script-config.ts'
import type {RouteEnd} from '../site.ts'

/** What the configuration of an Astro project says of its pages. */
export interface AstroConfig {
  readonly file: ConfigFile
  readonly base: string
  readonly source: string
  readonly routeEnd: RouteEnd
  readonly integrations: readonly unknown[]
}

export function astroConfig(folder: ProjectFolder): AstroConfig | null {
  const file = configIn(folder, /^astro\.config\.(?:js|ts|mjs|cjs|mts)$/)
  if (!file) return null
  const config = scriptConfigOf(file, folder)
  const isFile = memberOf(config, 'build', 'format') === 'file'
  const integrations = memberOf(config, 'integrations')
  return {
    file,
    base: joinRoute(textOr(memberOf(config, 'base'), '')),
    source: folderPath(textOr(memberOf(config, 'srcDir'), 'src')),
    routeEnd: isFile ? 'html' : memberOf(config, 'trailingSlash') === 'never' ? 'bare' : 'slash',
    integrations: Array.isArray(integrations) ? integrations : [],
  }
}

/** The folders of an Astro project's content collections by their names: the `base` of their loaders, else by convention. */
export function collectionFolders(folder: ProjectFolder, source: string): Record<string, string> {
  const content = posix.join(source, 'content')
  const conventional = folder
    .list(content)
    .filter((name) => name.endsWith('/'))
    .map((name): [string, string] => [name.slice(0, -1), posix.join(content, name.slice(0, -1))])
  const file =
    configIn(folder, /^content\.config\.(?:js|ts|mjs|mts)$/, source) ??
    configIn(folder, /^config\.(?:js|ts|mjs|mts)$/, content)
  const given = file && scriptConfigOf(file, folder, 'collections')
  const collections = isRecord(given) ? Object.entries(given) : []
  return Object.fromEntries([
    ...conventional,
    ...collections.flatMap(([name, collection]) => {
      const path = memberOf(collection, 'loader', 'base')
      return typeof path === 'string' ? [[name, folderPath(path)] as const] : []
    }),
  ])
}

import {folderPath, isRecord, memberOf, textOr, textsOf} from '../shared/config-values.ts'
import {joinRoute} from '../shared/join-route.ts'
import {languageTag} from '../shared/languages.ts'
import type {ProjectFolder} from '../shared/project-folder.ts'
import type {PageRoot, SiteConfig} from '../site.ts'

/** An instance of the docs plugin; a site may have several. */
export interface DocsInstance {
  readonly id: string
  readonly path: string
  /** Its route below the base of the site or of a language. */
  readonly route: string
  readonly sidebarPath: string | null
  readonly exclude: readonly string[]
  readonly versions: readonly DocsVersion[]
}

interface DocsVersion {
  /** `current` or as in `versions.json`. */
  readonly name: string
  /** Null for the docs as they are now, where they are what readers get and have no name. */
  readonly label: string | null
  readonly path: string
  readonly isLast: boolean
}

interface OtherPlugin {
  readonly id: string
  readonly path: string
  readonly route: string
}

interface Locale {
  /** Its folder in `i18n` and, unless it is the default, the beginning of its routes. */
  readonly name: string
  readonly folder: string
  readonly tag: string | null
  readonly isDefault: boolean
}

const defaultId = 'default'

/** A folder of pages, with what its place says about them. */
interface Place extends PageRoot {
  readonly kind: 'docs' | 'blog' | 'pages'
  readonly version: string | null
  readonly tag: string | null
}

/** The comments that mark lines of code; null for the default ones. */
function magicComments(given: unknown): string[] | null {
  if (!Array.isArray(given)) return null
  return given.flatMap((mark) => [
    ...textsOf(memberOf(mark, 'line')),
    ...textsOf(memberOf(mark, 'block', 'start')),
    ...textsOf(memberOf(mark, 'block', 'end')),
  ])
}

/** What a configuration of Docusaurus says of the folders of its pages. */
export function docusaurusConfig(config: unknown, folder: ProjectFolder): SiteConfig {
  const baseUrl = textOr(memberOf(config, 'baseUrl'), '/')
  const docs = docsInstances(config, folder)
  const locales = localesIn(config)
  const translations = locales.filter(({isDefault}) => !isDefault)
  const places = [
    ...docsPlaces(docs, baseUrl, translations),
    ...otherPlaces(config, 'blog', baseUrl, translations),
    ...otherPlaces(config, 'pages', baseUrl, translations),
  ]
  const pathsOf = (kind: Place['kind']): string[] =>
    places.filter((place) => place.kind === kind).map(({path}) => path)
  const byPath = (value: (place: Place) => string | null): Record<string, string> =>
    Object.fromEntries(
      places.flatMap((place) => (value(place) === null ? [] : [[place.path, value(place)!] as const])),
    )
  const slash = memberOf(config, 'trailingSlash')
  const last = docs.find(isVersioned)?.versions.find(({isLast}) => isLast)
  return {
    base: joinRoute(baseUrl),
    roots: places.map(({path, base}) => ({path, base})),
    routeEnd: slash === true ? 'slash' : 'bare',
    languages: {
      default: locales.find(({isDefault}) => isDefault)?.tag ?? null,
      ...(translations.length > 0 ? {folders: byPath(({tag}) => tag)} : {}),
    },
    ...(docs.length > 0
      ? {versions: {current: last?.label ?? null, folders: byPath(({version}) => version)}}
      : {}),
    own: {
      docs: places[0]?.base ?? null,
      blogs: pathsOf('blog'),
      pages: pathsOf('pages'),
      excluded: docs.flatMap(({path, exclude}) => exclude.map((pattern) => `${path}/${pattern}`)),
      isCertain: docs.every(({path}) => isFolder(folder, path)),
      endsGiven: typeof slash === 'boolean',
      magicComments: magicComments(memberOf(config, 'themeConfig', 'prism', 'magicComments')),
    },
  }
}

/** Whether the project has a folder; what is outside of the site's own is not looked at. */
function isFolder(folder: ProjectFolder, path: string): boolean {
  return path.startsWith('../') || folder.list(path).length > 0
}

function docsPlaces(
  docs: readonly DocsInstance[],
  baseUrl: string,
  translations: readonly Locale[],
): Place[] {
  const kind = 'docs'
  const first = docs.find(isVersioned)
  return docs.flatMap((instance) =>
    instance.versions.flatMap((version) => {
      // There is one current version: where several instances have versions, that of the first.
      const isNamed = isVersioned(instance) && (instance === first || !version.isLast)
      const label = isNamed ? version.label : null
      const path = versionFolder(instance, version)
      const base = joinRoute(baseUrl, instance.route, version.path)
      const below = version.name === 'current' ? 'current' : `version-${version.name}`
      return [
        {kind, path, base, version: label, tag: null},
        ...translations.map(
          (locale): Place => ({
            kind,
            path: `${translated(locale, kind, instance.id)}/${below}`,
            base: joinRoute(baseUrl, locale.name, instance.route, version.path),
            version: label,
            tag: locale.tag,
          }),
        ),
      ] satisfies Place[]
    }),
  )
}

function otherPlaces(
  config: unknown,
  kind: 'blog' | 'pages',
  baseUrl: string,
  translations: readonly Locale[],
): Place[] {
  return otherPlugins(config, kind).flatMap(({id, path, route}) => [
    {kind, path, base: joinRoute(baseUrl, route), version: null, tag: null},
    ...translations.map((locale) => ({
      kind,
      path: translated(locale, kind, id),
      base: joinRoute(baseUrl, locale.name, route),
      version: null,
      tag: locale.tag,
    })),
  ])
}

/** The instances of the docs plugin in presets and plugins; the conventional one where the configuration names none. */
export function docsInstances(config: unknown, folder: ProjectFolder): DocsInstance[] {
  const found = optionsOf(config, 'docs').map((options) => docsInstance(options, folder))
  return found.length > 0 || isWithout(config, 'docs') ? found : [docsInstance({}, folder)]
}

function docsInstance(options: Readonly<Record<string, unknown>>, folder: ProjectFolder): DocsInstance {
  const id = textOr(options['id'], defaultId)
  const exclude = options['exclude']
  return {
    id,
    path: folderPath(textOr(options['path'], 'docs')),
    route: textOr(options['routeBasePath'], 'docs'),
    sidebarPath: typeof options['sidebarPath'] === 'string' ? folderPath(options['sidebarPath']) : null,
    exclude: Array.isArray(exclude) ? exclude.filter((pattern) => typeof pattern === 'string') : [],
    versions: versionsOf(id, options, folder),
  }
}

/** By `readVersionsMetadata` of its docs plugin. */
function versionsOf(
  id: string,
  options: Readonly<Record<string, unknown>>,
  folder: ProjectFolder,
): DocsVersion[] {
  const file = prefixed(id, 'versions.json')
  const text = folder.list().includes(file) ? folder.read(file) : null
  // Without the file, folders of versions are copies beside the current docs.
  const written = text === null ? versionFoldersIn(folder, id) : namesIn(text)
  const older = options['disableVersioning'] === true ? [] : written
  const only = options['onlyIncludeVersions']
  const names = [...(options['includeCurrentVersion'] === false ? [] : ['current']), ...older].filter(
    (name) => !Array.isArray(only) || only.includes(name),
  )
  const newest = text === null ? undefined : names.find((name) => name !== 'current')
  const last = textOr(options['lastVersion'], newest ?? 'current')
  return names.map((name) => {
    const given = memberOf(options['versions'], name)
    const path = name === last ? '' : name === 'current' ? 'next' : name
    return {
      name,
      label: labelOf(memberOf(given, 'label'), name, name === last),
      path: textOr(memberOf(given, 'path'), path),
      isLast: name === last,
    }
  })
}

function labelOf(given: unknown, name: string, isLast: boolean): string | null {
  if (typeof given === 'string') return given
  if (name !== 'current') return name
  return isLast ? null : 'Next'
}

function versionFoldersIn(folder: ProjectFolder, id: string): string[] {
  return folder
    .list(prefixed(id, 'versioned_docs'))
    .flatMap((name) => /^version-(.+)\/$/.exec(name)?.[1] ?? [])
}

function namesIn(versionsFile: string | null): string[] {
  try {
    const names: unknown = versionsFile === null ? [] : JSON.parse(versionsFile)
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
  } catch {
    return []
  }
}

function isVersioned({versions}: DocsInstance): boolean {
  return versions.length > 1
}

export function versionFolder({id, path}: DocsInstance, {name}: DocsVersion): string {
  return name === 'current' ? path : `${prefixed(id, 'versioned_docs')}/version-${name}`
}

/** The file of a version's sidebars; null where the current docs name none. */
export function sidebarsFile({id, sidebarPath}: DocsInstance, {name}: DocsVersion): string | null {
  return name === 'current'
    ? sidebarPath
    : `${prefixed(id, 'versioned_sidebars')}/version-${name}-sidebars.json`
}

function prefixed(id: string, name: string): string {
  return id === defaultId ? name : `${id}_${name}`
}

/** The folder of a plugin's translations. */
function translated({folder}: Locale, kind: string, id: string): string {
  return `${folder}/docusaurus-plugin-content-${kind}${id === defaultId ? '' : `-${id}`}`
}

function localesIn(config: unknown): Locale[] {
  const i18n = memberOf(config, 'i18n')
  const names = memberOf(i18n, 'locales')
  const main = textOr(memberOf(i18n, 'defaultLocale'), 'en')
  const home = folderPath(textOr(memberOf(i18n, 'path'), 'i18n'))
  return (Array.isArray(names) ? names : [main]).map(String).map((name) => {
    const given = memberOf(i18n, 'localeConfigs', name)
    return {
      name,
      folder: `${home}/${textOr(memberOf(given, 'path'), name)}`,
      tag: languageTag(memberOf(given, 'htmlLang')) ?? languageTag(name),
      isDefault: name === main,
    }
  })
}

const conventional = {
  blog: {path: 'blog', route: 'blog'},
  pages: {path: 'src/pages', route: ''},
} as const

function otherPlugins(config: unknown, kind: 'blog' | 'pages'): OtherPlugin[] {
  const found = optionsOf(config, kind)
  const all = found.length > 0 || isWithout(config, kind) ? found : [{}]
  return all.map((options: Readonly<Record<string, unknown>>) => ({
    id: textOr(options['id'], defaultId),
    path: folderPath(textOr(options['path'], conventional[kind].path)),
    route: textOr(options['routeBasePath'], conventional[kind].route),
  }))
}

/** The options of a plugin in all presets, and of all its instances in `plugins`. */
function optionsOf(config: unknown, kind: string): Readonly<Record<string, unknown>>[] {
  const inPresets = pluginsIn(memberOf(config, 'presets')).map(({options}) => memberOf(options, kind))
  const instances = pluginsIn(memberOf(config, 'plugins')).flatMap(({name, options}) =>
    name.endsWith(`content-${kind}`) ? [options] : [],
  )
  return [...inPresets, ...instances].filter(isRecord)
}

function isWithout(config: unknown, kind: string): boolean {
  return pluginsIn(memberOf(config, 'presets')).some(({options}) => memberOf(options, kind) === false)
}

function pluginsIn(list: unknown): {readonly name: string; readonly options: unknown}[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry) =>
    Array.isArray(entry) ? [{name: String(entry[0]), options: entry[1] as unknown}] : [],
  )
}

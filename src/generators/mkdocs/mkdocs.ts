import {posix} from 'node:path'
import {values} from '../../markdown/dialect-kit.ts'
import type {Generator, NavigationItem, SiteFile} from '../generator.ts'
import type {AnchorRule} from '../shared/anchor-rules.ts'
import {folderPath, isRecord, memberOf, pathOfUrl, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {joinRoute} from '../shared/join-route.ts'
import {languageTag} from '../shared/languages.ts'
import {isIgnored, matchesAny} from '../shared/patterns.ts'
import {type ConfigFile, configIn, type ProjectFolder} from '../shared/project-folder.ts'
import {routeByPath} from '../shared/routes.ts'
import type {Site} from '../site.ts'
import {navigationOf} from './navigation.ts'
import {mkdocsPlugins} from './syntax.ts'

/** What only MkDocs understands of its configuration. */
type Own = {
  /** As in `.gitignore`, below the folder of pages. */
  readonly excluded: readonly string[]
  readonly drafts: readonly string[]
  readonly globs: readonly string[]
  readonly i18n: Translations | null
  readonly slugs: 'ascii' | 'unicode' | 'lower' | 'cased'
  /** Whether double braces are macros. */
  readonly macros: boolean
}

/** The plugin mkdocs-static-i18n. */
type Translations = {
  readonly folders: boolean
  readonly default: string
  readonly locales: readonly string[]
}

/** MkDocs with Python-Markdown, and Zensical, which reads the same projects. */
export const mkdocs: Generator = {
  name: 'mkdocs',
  title: 'MkDocs',
  about: {
    foundBy: '`mkdocs.yml`, `zensical.toml`',
    routes: '`site_url`, `docs_dir`, `use_directory_urls`, `mike`, `i18n`',
    anchors: 'Python-Markdown’s, PyMdown’s by `slugify`',
    syntaxes: 'admonitions, content tabs, snippets, macros, mkdocstrings, attribute lists',
    setAside: '`exclude_docs`, `draft_docs`, `exclude`, `search.exclude`',
    checked: 'built',
  },
  find(folder) {
    const found = configOf(folder)
    if (!found) return null
    const {path, config} = found
    // Backstage wants a configuration of MkDocs beside the docs of Grafana's projects, which Hugo builds.
    if (folder.list(docsFolder(config)).includes('docs.mk')) return null
    const base = joinRoute(pathOfUrl(config['site_url']), versionOf(config))
    const docs = docsFolder(config)
    const own = ownOf(config)
    return {
      foundIn: path,
      config: {
        base,
        roots: [{path: docs, base}],
        routeEnd: config['use_directory_urls'] === false ? 'html' : 'slash',
        includeFolders: includeFolders(config),
        params: own.macros ? paramsOf(config) : {},
        languages: languagesOf(config, docs, own.i18n),
        own,
      },
    }
  },
  conventions: {roots: [{path: 'docs', base: ''}], routeEnd: 'slash'},
  anchors: (site) => anchorRules[(site.own as Partial<Own>).slugs ?? 'ascii'],
  keepsLetterCase: true,
  mdx: 'never',
  dialects: [values, mkdocsPlugins],
  syntax: (site) => ({templates: (site.own as Partial<Own>).macros ?? 'guessed'}),
  routeOf(file, site) {
    const named = {...file, frontMatter: {...file.frontMatter, slug: null}}
    const isIndex = (segments: readonly string[]): boolean => /^(?:index|README)$/.test(segments.at(-1) ?? '')
    return routeByPath(translated(named, site), site, {isIndex})
  },
  setAside({segments, path, frontMatter}, site) {
    const {excluded = [], drafts = [], globs = []} = site.own as Partial<Own>
    const below = [...segments.slice(0, -1), posix.basename(path)].join('/')
    if (isIgnored(below, excluded) || matchesAny(below, globs))
      return {rule: 'hidden', reason: 'the configuration excludes it'}
    if (isIgnored(below, drafts)) return {rule: 'draft', reason: 'the configuration says that it is a draft'}
    return memberOf(frontMatter.data, 'search', 'exclude') === true
      ? {rule: 'hidden', reason: 'its front matter says search.exclude'}
      : null
  },
  navigation(folder): readonly NavigationItem[] | null {
    const found = configOf(folder)
    if (!found) return null
    const hasPagesFiles = ['awesome-pages', 'awesome-nav'].some((name) => plugin(found.config, name))
    return navigationOf(folder, docsFolder(found.config), found.config['nav'], hasPagesFiles)
  },
}

type Config = Readonly<Record<string, unknown>>

const maxInherited = 4

function configOf(folder: ProjectFolder): {readonly path: string; readonly config: Config} | null {
  const file = configIn(folder, /^mkdocs\.ya?ml$/) ?? configIn(folder, /^zensical\.toml$/)
  return file && {path: file.path, config: mergedConfig(file, folder, maxInherited)}
}

/** A configuration over the one that it inherits. */
function mergedConfig(file: ConfigFile, folder: ProjectFolder, left: number): Config {
  const data = dataConfigOf(file)
  const config = file.path.endsWith('.toml') ? memberOf(data, 'project') : data
  if (!isRecord(config)) return {}
  const parent = config['INHERIT']
  if (typeof parent !== 'string' || left === 0) return config
  const path = posix.join(posix.dirname(file.path), parent)
  const text = folder.read(path)
  return text === null ? config : merged(mergedConfig({path, text}, folder, left - 1), config)
}

function merged(parent: Config, own: Config): Config {
  const all: Record<string, unknown> = {...parent}
  for (const [name, value] of Object.entries(own)) {
    const above = all[name]
    all[name] = isRecord(above) && isRecord(value) ? merged(above, value) : value
  }
  return all
}

function docsFolder(config: Config): string {
  return folderPath(textOr(config['docs_dir'], 'docs'))
}

/** The options of a plugin or extension, which a list names with or without them; null if it is not used. */
function optionsIn(list: unknown, name: string): Config | null {
  const entries = Array.isArray(list) ? list : isRecord(list) ? [list] : []
  for (const entry of entries) {
    if (entry === name || entry === `material/${name}`) return {}
    const options = isRecord(entry) ? (entry[name] ?? entry[`material/${name}`]) : undefined
    if (options !== undefined) return isRecord(options) ? options : {}
    if (isRecord(entry) && Object.hasOwn(entry, name)) return {}
  }
  return null
}

function plugin(config: Config, name: string): Config | null {
  return optionsIn(config['plugins'], name)
}

/** The folder that mike publishes the current version in; empty where the site's address names it already. */
function versionOf(config: Config): string {
  const isVersioned = plugin(config, 'mike') ?? memberOf(config, 'extra', 'version', 'provider') === 'mike'
  if (!isVersioned) return ''
  const given = memberOf(config, 'extra', 'version', 'default')
  const version = plugin(config, 'mike')?.['canonical_version'] ?? (Array.isArray(given) ? given[0] : given)
  if (typeof version !== 'string') return ''
  return pathOfUrl(config['site_url']).endsWith(`/${version}`) ? '' : version
}

function ownOf(config: Config): Own {
  const lines = (value: unknown): string[] => (typeof value === 'string' ? value.split('\n') : [])
  const globs = plugin(config, 'exclude')?.['glob']
  return {
    excluded: ['.*', '/templates/', ...lines(config['exclude_docs'])],
    drafts: lines(config['draft_docs']),
    // In this plugin a star stands for folders too.
    globs: [globs].flat().flatMap((glob) => (typeof glob === 'string' ? glob.replaceAll('*', '**') : [])),
    i18n: translationsOf(plugin(config, 'i18n')),
    slugs: slugsOf(optionsIn(config['markdown_extensions'], 'toc')),
    macros: plugin(config, 'macros') !== null || plugin(config, 'markdownextradata') !== null,
  }
}

function translationsOf(options: Config | null): Translations | null {
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

function languagesOf(config: Config, docs: string, i18n: Translations | null): Partial<Site['languages']> {
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
function translated(file: SiteFile, site: Site): SiteFile {
  const {i18n} = site.own as Partial<Own>
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

/** The `base_path` of PyMdown's snippets, by default the project's folder. */
function includeFolders(config: Config): string[] {
  const given = optionsIn(config['markdown_extensions'], 'pymdownx.snippets')?.['base_path']
  const paths = [given].flat().filter((path): path is string => typeof path === 'string')
  return paths.length > 0 ? paths.map(folderPath) : ['']
}

const maxParams = 500
const maxParamDepth = 5

/** What the macros plugin knows by name: `extra`, also without that word, and `config`. */
function paramsOf(config: Config): Record<string, string> {
  const params: Record<string, string> = {}
  const add = (prefix: string, values: unknown, depth: number): void => {
    if (!isRecord(values) || depth > maxParamDepth) return
    for (const [name, value] of Object.entries(values)) {
      if (Object.keys(params).length >= maxParams) return
      if (['string', 'number', 'bigint', 'boolean'].includes(typeof value))
        params[prefix + name] = String(value)
      else add(`${prefix}${name}.`, value, depth + 1)
    }
  }
  add('', config['extra'], 1)
  add('config.extra.', config['extra'], 1)
  for (const name of [
    'site_name',
    'site_url',
    'site_description',
    'site_author',
    'repo_url',
    'repo_name',
    'copyright',
  ])
    add('config.', {[name]: config[name]}, 1)
  return params
}

function slugsOf(toc: Config | null): Own['slugs'] {
  const slugify = toc?.['slugify']
  if (typeof slugify === 'string') {
    if (/slugify_unicode$/.test(slugify)) return 'unicode'
    if (/uslugify_cased/.test(slugify)) return 'cased'
    if (/uslugify|slugify$/.test(slugify)) return 'lower'
  }
  if (!isRecord(slugify)) return 'ascii'
  const letterCase = memberOf(slugify, 'kwds', 'case') ?? slugify['case']
  return letterCase === undefined || letterCase === 'none' ? 'cased' : 'lower'
}

/** The same as Python-Markdown's `unique`: `_1`, and `_2` after a name that ends so. */
function numbered(slug: string, used: ReadonlySet<string>): string {
  let id = slug
  while (id === '' || used.has(id)) {
    const number = /^(.*)_(\d+)$/.exec(id)
    id = number ? `${number[1]}_${Number(number[2]) + 1}` : `${id}_1`
  }
  return id
}

/** PyMdown's `slugify`: spaces are not joined. */
function uslugify(text: string): string {
  return text
    .normalize('NFC')
    .trim()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-')
}

const anchorRules: Readonly<Record<Own['slugs'], AnchorRule>> = {
  // The function `slugify` of Python-Markdown's toc extension.
  ascii: {
    slug: (text) =>
      spaced(
        text
          .normalize('NFKD')
          .replace(/[^\u0000-\u007f]/g, '')
          .replace(/[^\w\s-]/g, ''),
      ),
    unique: numbered,
    avoidsExplicit: true,
  },
  // Its function `slugify_unicode`.
  unicode: {
    slug: (text) => spaced(text.replace(/[^\p{L}\p{N}_\s-]/gu, '')),
    unique: numbered,
    avoidsExplicit: true,
  },
  lower: {slug: (text) => uslugify(text).toLowerCase(), unique: numbered, avoidsExplicit: true},
  cased: {slug: uslugify, unique: numbered, avoidsExplicit: true},
}

function spaced(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[-\s]+/g, '-')
}

import {posix} from 'node:path'
import {values} from '../../markdown/dialect-kit.ts'
import type {Generator, SiteFile} from '../generator.ts'
import {type AnchorRule, dashed} from '../shared/anchor-rules.ts'
import {folderPath, isRecord, plainValues, textOr} from '../shared/config-values.ts'
import {dataConfigOf} from '../shared/data-config.ts'
import {dateOf} from '../shared/dates.ts'
import {joinRoute} from '../shared/join-route.ts'
import {languageTag} from '../shared/languages.ts'
import {matchesAny} from '../shared/patterns.ts'
import {configIn} from '../shared/project-folder.ts'
import {explicitRoute, standsForFolder} from '../shared/routes.ts'
import type {Site} from '../site.ts'
import {type JekyllOwn, jekyllOwn} from './config.ts'
import {jekyllNavigation} from './navigation.ts'
import {kramdown} from './syntax.ts'

/** Jekyll with kramdown. */
export const jekyll: Generator = {
  name: 'jekyll',
  title: 'Jekyll',
  about: {
    foundBy: '`_config.yml`',
    routes: '`baseurl`, `permalink`, collections, posts, `defaults`',
    anchors: 'kramdown’s, as GitHub’s or by `kramdown.input`',
    order: '`nav_order`, `parent` of just-the-docs, `order` of collections',
    syntaxes: 'Liquid, attribute lists, includes',
    setAside: '`published: false`, `_drafts`, `_includes`, `exclude`, `search_exclude`',
    checked: 'built',
  },
  find(folder) {
    const file = configIn(folder, configName)
    if (!file || folder.list().includes('_toc.yml')) return null
    const data = dataConfigOf(file)
    const config = isRecord(data) ? data : {}
    if (hexoKeys.some((key) => Object.hasOwn(config, key))) return null
    const base = joinRoute(textOr(config['baseurl'], ''))
    const source = folderPath(textOr(config['source'], ''))
    return {
      foundIn: file.path,
      config: {
        base,
        roots: [{path: source, base}],
        includeFolders: [posix.join(source, textOr(config['includes_dir'], '_includes'))],
        params: Object.fromEntries(
          Object.entries(plainValues(config)).map(([name, value]) => [`site.${name}`, value]),
        ),
        languages: {default: languageTag(config['lang'] ?? config['locale'])},
        own: jekyllOwn(config),
      },
    }
  },
  conventions: {roots: [{path: 'docs', base: ''}], routeEnd: 'html'},
  anchors: (site) => anchorsOf(site.own as Partial<JekyllOwn>),
  keepsLetterCase: true,
  mdx: 'never',
  dialects: [kramdown, values],
  syntax: {templates: true, liquidInCode: true},
  addressesBelowBase: true,
  routeOf,
  paramsOf: ({frontMatter}) =>
    Object.fromEntries(
      Object.entries(plainValues(frontMatter.data)).map(([name, value]) => [`page.${name}`, value]),
    ),
  staysInRoots: true,
  setAside(file, site) {
    const {path, frontMatter} = file
    const own = site.own as Partial<JekyllOwn>
    const below = belowSource(path, site)
    const {excluded = [], included = []} = own
    const globs = (patterns: readonly string[]): string[] =>
      patterns.flatMap((name) => [name, `${name}/**`].map((glob) => glob.replace(/^\/|\/(?=\/)/g, '')))
    if (matchesAny(below, globs(excluded)) && !matchesAny(below, globs(included)))
      return {rule: 'hidden', reason: 'the configuration excludes it'}
    if (effectiveValue(file, site, 'published') === false)
      return {rule: 'draft', reason: 'the configuration says published: false'}
    const folder = below.split('/').find((name) => /^_/.test(name))
    if (folder === '_drafts') return {rule: 'draft', reason: 'it is in _drafts'}
    const collection = collectionOf(below, own)
    const isPage = collection ? collection.name === 'posts' || collection.output : folder === undefined
    if (!isPage && !matchesAny(below, globs(included)))
      return {rule: 'partial', reason: `${folder ?? below} has no pages of its own`}
    return frontMatter.data['search_exclude'] === true
      ? {rule: 'hidden', reason: 'its front matter says search_exclude'}
      : null
  },
  navigation(folder, site) {
    const file = configIn(folder, configName)
    const data = file && dataConfigOf(file)
    const source = posix.relative(`/${site.folder}`, `/${site.roots[0]?.path ?? site.folder}`)
    const items = isRecord(data) ? jekyllNavigation(folder, source, data) : []
    return items.length > 0 ? items : null
  },
  positionOf({frontMatter}) {
    const order = frontMatter.data['nav_order'] ?? frontMatter.data['weight']
    return typeof order === 'number' ? order : null
  },
}

const configName = /^_config\.(?:ya?ml|toml)$/

/** What only Hexo's `_config.yml` has. */
const hexoKeys = [
  'source_dir',
  'public_dir',
  'archive_dir',
  'new_post_name',
  'post_asset_folder',
  'skip_render',
]

function belowSource(path: string, site: Site): string {
  const source = site.roots[0]?.path ?? ''
  return source === '' ? path : path.slice(source.length + 1)
}

interface FoundCollection {
  readonly name: string
  readonly output: boolean
  readonly permalink: string | null
  /** The file's path in the collection's folder. */
  readonly rest: string
  /** What precedes the folder. */
  readonly above: string
}

/** The collection of a file. Posts may be in any folder; theirs are categories. */
function collectionOf(below: string, own: Partial<JekyllOwn>): FoundCollection | null {
  const posts = /^(.*?)(?:^|\/)_posts\/(.+)$/.exec(below)
  const known = own.collections ?? {}
  if (posts)
    return {
      name: 'posts',
      output: true,
      permalink: known['posts']?.permalink ?? null,
      rest: posts[2]!,
      above: posts[1]!,
    }
  const home = own.collectionsFolder ? `${own.collectionsFolder}/` : ''
  const inner = below.startsWith(home) ? /^_([^/]+)\/(.+)$/.exec(below.slice(home.length)) : null
  const found = inner && Object.hasOwn(known, inner[1]!) ? known[inner[1]!] : undefined
  return inner && found ? {...found, name: inner[1]!, rest: inner[2]!, above: ''} : null
}

/** A value of the front matter or, where it says nothing, of the narrowest of the defaults. */
function effectiveValue({path, frontMatter}: SiteFile, site: Site, key: string): unknown {
  if (Object.hasOwn(frontMatter.data, key)) return frontMatter.data[key]
  const own = site.own as Partial<JekyllOwn>
  const below = belowSource(path, site)
  const type = collectionOf(below, own)?.name ?? 'pages'
  return (own.defaults ?? [])
    .filter(
      (scope) =>
        Object.hasOwn(scope.values, key) &&
        (scope.type === null || scope.type === type) &&
        (scope.path === '' || below === scope.path || matchesAny(below, [scope.path, `${scope.path}/**`])),
    )
    .sort(
      (one, other) =>
        one.path.length - other.path.length || Number(one.type !== null) - Number(other.type !== null),
    )
    .at(-1)?.values[key]
}

/** The permalink styles of posts; pages take only their ending. */
const styles: Readonly<Record<string, string>> = {
  date: '/:categories/:year/:month/:day/:title:output_ext',
  pretty: '/:categories/:year/:month/:day/:title/',
  ordinal: '/:categories/:year/:y_day/:title:output_ext',
  weekdate: '/:categories/:year/W:week/:short_day/:title:output_ext',
  none: '/:categories/:title:output_ext',
}

function routeOf(file: SiteFile, site: Site): string {
  const own = site.own as Partial<JekyllOwn>
  const below = belowSource(file.path, site)
  const collection = collectionOf(below, own)
  const style = own.permalink ?? 'date'
  const given = textOr(effectiveValue(file, site, 'permalink'), '')
  const ofPosts = collection?.name === 'posts' ? (styles[style] ?? style) : null
  const ofCollection = collection && !ofPosts ? `/:collection/:path${suffixOf(style)}` : null
  const pattern = given || collection?.permalink || ofPosts || ofCollection
  if (pattern) return explicitRoute(file.base, filled(styles[pattern] ?? pattern, file, {below, collection}))
  const folder = joinRoute(file.base, ...file.segments.slice(0, -1))
  if (standsForFolder(file.segments)) return `${folder}/`
  return `${joinRoute(folder, file.segments.at(-1)!)}${suffixOf(style) === '/' ? '/' : '.html'}`
}

/** Its function `add_permalink_suffix`. */
function suffixOf(style: string): string {
  if (style === 'pretty' || (!Object.hasOwn(styles, style) && style.endsWith('/'))) return '/'
  return Object.hasOwn(styles, style) || style.includes(':output_ext') ? ':output_ext' : ''
}

interface Place {
  readonly below: string
  readonly collection: FoundCollection | null
}

/** Fills in the placeholders of a permalink, as its `UrlDrop` does. */
function filled(pattern: string, {frontMatter}: SiteFile, {below, collection}: Place): string {
  const {data} = frontMatter
  const path = (collection?.rest ?? below).replace(/\.[^./]+$/, '')
  const name = posix.basename(path)
  const [year = '', month = '', day = ''] = dateOf(data['date'], name)
  const bare = name.replace(/^\d{2,4}-\d{1,2}-\d{1,2}-/, collection?.name === 'posts' ? '' : '$&')
  const slug = typeof data['slug'] === 'string' ? data['slug'] : bare
  const values: Readonly<Record<string, string>> = {
    collection: collection?.name ?? '',
    path: collection ? path : posix.dirname(path).replace(/^\.$/, ''),
    basename: name,
    name: slugified(name),
    title: slugified(slug, /[^\p{M}\p{L}\p{Nd}._~!$&'()+,;=@]+/gu, true),
    slug: slugified(slug),
    categories: categoriesOf(data, collection)
      .map((category) => category.toLowerCase())
      .join('/'),
    slugified_categories: categoriesOf(data, collection)
      .map((category) => slugified(category))
      .join('/'),
    year,
    month,
    day,
    short_year: year.slice(2),
    i_month: month.replace(/^0/, ''),
    i_day: day.replace(/^0/, ''),
    y_day: dayOfYear(year, month, day),
    output_ext: '.html',
  }
  return pattern.replace(/:([a-z_]+)/g, (whole, token: string) => values[token] ?? whole)
}

/** Its function `Utils.slugify`. */
function slugified(text: string, removed = /[^\p{M}\p{L}\p{Nd}]+/gu, cased = false): string {
  const slug = text.replace(removed, '-').replace(/^-|-$/g, '')
  return cased ? slug : slug.toLowerCase()
}

function categoriesOf(data: Readonly<Record<string, unknown>>, collection: FoundCollection | null): string[] {
  const given = data['categories'] ?? data['category']
  const listed = Array.isArray(given)
    ? given.map(String)
    : typeof given === 'string'
      ? given.split(/\s+/)
      : []
  return [...(collection?.above.split('/') ?? []), ...listed].filter((category) => category !== '')
}

function dayOfYear(year: string, month: string, day: string): string {
  if (year === '') return ''
  const days =
    (Date.UTC(Number(year), Number(month) - 1, Number(day)) - Date.UTC(Number(year), 0, 0)) / 86_400_000
  return String(days).padStart(3, '0')
}

/** kramdown makes a dash of two or three hyphens between words before it makes the id. */
function withDashes(text: string): string {
  return text.replace(/(?<=\s)-{2,3}(?=\s)/g, '')
}

function anchorsOf({input = 'GFM', anchorPrefix = ''}: Partial<JekyllOwn>): AnchorRule {
  const prefixed = (id: string): string => (id === '' ? '' : anchorPrefix + id)
  return input === 'GFM'
    ? // The function `generate_gfm_header_id` of kramdown-parser-gfm.
      {
        slug: (text) =>
          prefixed(
            withDashes(text)
              .toLowerCase()
              .replace(/[^\p{L}\p{M}\p{Nd}\p{Pc}\- \t]/gu, '')
              .replace(/[ \t]/g, '-'),
          ),
        unique: dashed(),
        avoidsExplicit: false,
      }
    : // The function `generate_id` of kramdown.
      {
        slug: (text) =>
          prefixed(
            withDashes(text)
              .replace(/^[^a-zA-Z]+/, '')
              .replace(/[^a-zA-Z0-9 -]/g, '')
              .replace(/ /g, '-')
              .toLowerCase() || 'section',
          ),
        unique: dashed('section'),
        avoidsExplicit: false,
      }
}

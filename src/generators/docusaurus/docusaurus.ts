import {posix} from 'node:path'
import {withoutMarkdownEnding} from '../../lib/markdown-name.ts'
import type {Generator, SiteFile} from '../generator.ts'
import {githubAnchors} from '../shared/anchor-rules.ts'
import {textOr, textsOf} from '../shared/config-values.ts'
import {joinRoute} from '../shared/join-route.ts'
import {matchesAny} from '../shared/patterns.ts'
import {configIn} from '../shared/project-folder.ts'
import {routeAsGiven, routeWithEnd, withoutFragment} from '../shared/routes.ts'
import {scriptConfigOf} from '../shared/script-config.ts'
import {besidePages, outsidePages, partial, underscored} from '../shared/set-aside.ts'
import type {Site} from '../site.ts'
import {docusaurusConfig} from './config.ts'
import {categoryLabel, docusaurusNavigation} from './sidebars.ts'

/** Docusaurus 2 and 3. */
export const docusaurus: Generator = {
  name: 'docusaurus',
  title: 'Docusaurus',
  about: {
    foundBy: '`docusaurus.config.*`',
    routes:
      '`baseUrl`, all docs, blog and pages plugins, `routeBasePath`, `trailingSlash`, `id`, `slug`, number prefixes, versions, translations',
    anchors: 'GitHub’s',
    order: '`sidebars.*` of the version that readers get, `_category_.*`, `sidebar_position`, numbers',
    syntaxes: 'MDX, `:::` admonitions, tabs, `@site/`, `magicComments`',
    setAside: '`draft`, `unlisted`; files and folders that begin with `_`; `exclude`',
    checked: 'built',
  },
  find(folder) {
    const file = configIn(folder, /^docusaurus\.config\.(?:js|ts|mjs|cjs|mts)$/)
    if (!file) return null
    return {foundIn: file.path, config: docusaurusConfig(scriptConfigOf(file, folder), folder)}
  },
  conventions: {roots: [{path: 'docs', base: '/docs'}], routeEnd: 'bare'},
  anchors: githubAnchors,
  keepsLetterCase: true,
  mdx: 'always',
  syntax: ({own}) =>
    Array.isArray(own['magicComments']) ? {magicComments: textsOf(own['magicComments'])} : {},
  routeOf(file, site) {
    const {blogs, pages} = foldersOf(site)
    if (blogs.some((path) => isIn(file, path))) return blogRoute(file, site)
    if (pages.some((path) => isIn(file, path))) return pageRoute(file, site)
    return docsRoute(versioned(file, site), site)
  },
  setAside(file, site) {
    return (
      (site.own['isCertain'] === true ? outsidePages : besidePages)(file, site) ??
      underscored(file) ??
      (matchesAny(posix.relative(site.folder, file.path), textsOf(site.own['excluded']))
        ? partial('the configuration excludes it')
        : null)
    )
  },
  navigation: docusaurusNavigation,
  labelOf: categoryLabel,
  positionOf({frontMatter, segments}) {
    const {sidebar_position: position} = frontMatter.data
    if (typeof position === 'number') return position
    const name = isCategoryIndex(segments) ? segments.at(-2) : segments.at(-1)
    return name === undefined ? null : numberOf(name)
  },
}

function foldersOf(site: Site): Record<'blogs' | 'pages', string[]> {
  const inFolder = (paths: unknown): string[] =>
    Array.isArray(paths) ? paths.map((path) => posix.join(site.folder, String(path))) : []
  return {blogs: inFolder(site.own['blogs']), pages: inFolder(site.own['pages'])}
}

function isIn({path}: SiteFile, folder: string): boolean {
  return path.startsWith(`${folder}/`)
}

/** The file of a version that no `versions.json` names: below the version's name. */
function versioned(file: SiteFile, site: Site): SiteFile {
  const match = site.roots.some(({path}) => isIn(file, path))
    ? null
    : /(?:^|\/)versioned_docs\/version-([^/]+)\/(.+)$/.exec(file.path)
  if (!match) return file
  const base = joinRoute(textOr(site.own['docs'], '/docs'), match[1]!)
  return {...file, base, segments: withoutMarkdownEnding(match[2]!).split('/')}
}

/** By `getSlug` of its docs plugin. */
function docsRoute({segments, base, frontMatter}: SiteFile, site: Site): string {
  const folders = segments.slice(0, -1).map(withoutNumber)
  const {slug, data} = frontMatter
  if (slug === null && isCategoryIndex(segments)) return ended(joinRoute(base, ...folders), true, site)
  const name = slug !== null ? withoutFragment(slug) : textOr(data['id'], withoutNumber(segments.at(-1)!))
  const below = posix.resolve('/', ...folders, name) + (name.endsWith('/') && name !== '/' ? '/' : '')
  return below === '/' ? ended(base, true, site) : explicitEnded(base, below, site)
}

/** By `parseBlogFileName` of its blog plugin. */
function blogRoute({segments, base, frontMatter}: SiteFile, site: Site): string {
  if (frontMatter.slug !== null) return explicitEnded(base, withoutFragment(frontMatter.slug), site)
  const path = segments.join('/').replace(/(?<=^|\/)index$/, '')
  const dated = /^(.*?)(\d{4})[-/](\d{1,2})[-/](\d{1,2})[-/]?(.*)$/.exec(path)
  if (!dated) return ended(joinRoute(base, path), false, site)
  const [, folder, year, month, day, rest] = dated as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  return ended(joinRoute(base, year, month, day, `${folder}${rest}`), false, site)
}

function pageRoute({segments, base, frontMatter}: SiteFile, site: Site): string {
  if (frontMatter.slug !== null) return explicitEnded(base, withoutFragment(frontMatter.slug), site)
  const isFolder = segments.at(-1) === 'index'
  return ended(joinRoute(base, ...(isFolder ? segments.slice(0, -1) : segments)), isFolder, site)
}

function ended(route: string, isFolder: boolean, {routeEnd}: Site): string {
  return routeWithEnd(route, routeEnd, isFolder)
}

/** `trailingSlash` decides on the end of a slug; where it says nothing, the slug keeps its own. */
function explicitEnded(base: string, path: string, site: Site): string {
  if (!site.own['endsGiven']) return routeAsGiven(base, path)
  return ended(joinRoute(base, path), false, site)
}

/** `index`, `readme` and the name of the folder. */
function isCategoryIndex(segments: readonly string[]): boolean {
  const name = segments.at(-1)!.toLowerCase()
  return name === 'index' || name === 'readme' || name === segments.at(-2)?.toLowerCase()
}

/** Docusaurus drops `01-` from names, but not from those that look like a version or a date. */
const numbered = /^(\d+)\s*[-_.]+\s*(?=[^-_.\s])/
const versionOrDate = /^\d+[-_.]\d+/

function withoutNumber(name: string): string {
  return versionOrDate.test(name) ? name : name.replace(numbered, '')
}

function numberOf(name: string): number | null {
  const number = versionOrDate.test(name) ? undefined : numbered.exec(name)?.[1]
  return number === undefined ? null : Number(number)
}

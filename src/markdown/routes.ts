import {withoutMarkdownEnding} from '../lib/markdown-name.ts'
import {slugOf} from './anchors.ts'
import type {FrontMatter} from './front-matter.ts'
import {joinRoute} from './join-route.ts'
import type {SiteRules} from './site.ts'

/**
 * The address of a page: `url`, `permalink` or an absolute `slug` of its front matter, else the route that the generator
 * makes from the path. Never with a fragment.
 */
export function routeOf(path: string, frontMatter: FrontMatter, site: SiteRules): string {
  for (const explicit of [frontMatter.url, frontMatter.permalink]) {
    if (explicit === null || /[:{}]/.test(explicit.replace(/^[a-z]+:\/\/[^/]*/i, ''))) continue
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(explicit)) return explicit.replace(/#.*$/s, '')
    return joinExplicit('', explicit)
  }
  const inRoot = belowRoot(path, site)
  const segments = withoutMarkdownEnding(inRoot).split('/')
  let base = site.basePath
  let parts: readonly string[] = segments
  if (site.generator === 'docusaurus') {
    const placed = docusaurusSegments(path, segments, site)
    base = placed.base
    parts = placed.parts
  } else if (site.generator === 'starlight') {
    parts = segments.map((segment) => slugOf(segment))
  } else if (site.generator === 'hugo') {
    parts = segments.map((segment) => segment.toLowerCase().replace(/\s+/g, '-'))
  }

  const last = parts.at(-1) ?? ''
  const parent = parts.at(-2)
  const isIndex =
    /^(?:_?index|readme)$/i.test(last) ||
    (site.generator === 'docusaurus' && parent !== undefined && last === parent)
  const {slug} = frontMatter
  if (slug !== null) {
    if (slug === '/') return finish(base, site, true)
    if (slug.startsWith('/')) return joinExplicit(base, slug)
    if (site.generator === 'starlight') return finish(joinRoute(base, slug), site, false)
    const folder = isIndex && site.generator === 'hugo' ? parts.slice(0, -2) : parts.slice(0, -1)
    return finish(joinRoute(base, ...folder, slug), site, false)
  }
  return finish(joinRoute(base, ...(isIndex ? parts.slice(0, -1) : parts)), site, isIndex)
}

/** The version in a page's path, such as `versioned_docs/version-2.0/…`, `v1.2/…` or `5.1/…`; null if there is none. */
export function versionOf(path: string): string | null {
  const versioned = /(?:^|\/)[\w-]*versioned_docs\/version-([^/]+)\//.exec(path)
  if (versioned) return versioned[1]!
  const folders = path.split('/').slice(0, -1).slice(0, 3)
  const named = folders.find((folder) =>
    /^(?:version-)?v?\d+\.(?:\d+|x)(?:\.(?:\d+|x))*$|^(?:version-)?v\d+$/i.test(folder),
  )
  return named === undefined ? null : named.replace(/^version-/, '')
}

/** The language in a page's path, if translations are in folders; null if there is none. */
export function langOf(path: string, site: SiteRules): string | null {
  const folders = path.split('/').slice(0, -1)
  const i18n = folders.indexOf('i18n')
  const named = i18n >= 0 ? folders[i18n + 1] : undefined
  if (named && language.test(named)) return canonicalLanguage(named)
  if (site.generator === 'plain') return null
  for (const root of [...site.contentRoots, '']) {
    const prefix = root === '' ? '' : `${root}/`
    if (!path.startsWith(prefix)) continue
    const first = path.slice(prefix.length).split('/')[0]!
    if (
      path.slice(prefix.length).includes('/') &&
      languages.has(first.toLowerCase().split('-')[0]!) &&
      language.test(first)
    ) {
      return canonicalLanguage(first)
    }
    const of = root.split('/').at(-1) ?? ''
    if (site.generator === 'hugo' && language.test(of) && languages.has(of)) return canonicalLanguage(of)
  }
  return null
}

const language = /^[a-z]{2,3}(?:-(?:[A-Za-z]{4}|[A-Za-z]{2}|\d{3}))*$/
const languages = new Set(
  'ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nb nl no pl pt ro ru sk sl sr sv th tr uk ur uz vi zh'.split(
    ' ',
  ),
)

function canonicalLanguage(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null
  } catch {
    return null
  }
}

function docusaurusSegments(
  path: string,
  segments: readonly string[],
  site: SiteRules,
): {base: string; parts: readonly string[]} {
  const versioned = /(?:^|\/)versioned_docs\/version-([^/]+)\/(.*)$/.exec(path)
  const translated =
    /(?:^|\/)i18n\/([^/]+)\/docusaurus-plugin-content-docs(?:-[^/]+)?\/(current|version-[^/]+)\/(.*)$/.exec(
      path,
    )
  const blog = /(?:^|\/)blog\/(?:(\d{4})[-/](\d{2})[-/](\d{2})[-/])?(.*)$/.exec(path)
  const plainOf = (rest: string): string[] => withoutMarkdownEnding(rest).split('/').map(withoutNumber)
  if (versioned) return {base: joinRoute(site.basePath, versioned[1]!), parts: plainOf(versioned[2]!)}
  if (translated) {
    const [, locale, version, rest] = translated
    const under = version === 'current' ? '' : version!.slice('version-'.length)
    return {base: joinRoute(locale!, site.basePath, under), parts: plainOf(rest!)}
  }
  if (blog && !site.contentRoots.some((root) => path.startsWith(`${root}/`))) {
    const home = site.basePath.replace(/\/[^/]*$/, '')
    const [, year, month, day, rest] = blog
    const date = year ? [year, month!, day!] : []
    return {
      base: joinRoute(home, 'blog', ...date),
      parts: withoutMarkdownEnding(rest!).split('/'),
    }
  }
  return {base: site.basePath, parts: segments.map(withoutNumber)}
}

/** Docusaurus drops `01-` from names, but not from those that look like a version or a date. */
function withoutNumber(segment: string): string {
  if (/^\d+[-_.]\d+/.test(segment)) return segment
  return segment.replace(/^\d+\s*[-_.]+\s*(?=[^-_.\s])/, '')
}

function belowRoot(path: string, site: SiteRules): string {
  for (const root of site.contentRoots) {
    if (path.startsWith(`${root}/`)) return path.slice(root.length + 1)
  }
  return path
}

function finish(route: string, site: SiteRules, isIndex: boolean): string {
  if (route === '' || route === '/') return '/'
  if (site.routeEnd === 'slash') return `${route}/`
  if (site.routeEnd === 'html')
    return isIndex ? `${route}/${site.generator === 'vitepress' ? '' : 'index.html'}` : `${route}.html`
  return route
}

/** A path that the author set keeps its own ending. */
function joinExplicit(base: string, given: string): string {
  const route = joinRoute(base, given.replace(/#.*$/s, ''))
  return given.endsWith('/') && route !== '/' ? `${route}/` : route || '/'
}

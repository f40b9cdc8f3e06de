import {posix} from 'node:path'
import {isMarkdownName, withoutMarkdownEnding} from '../../lib/markdown-name.ts'
import {oncePer} from '../../lib/once-per.ts'
import {decodedPath, encodedPath, pathKey} from '../../lib/url-path.ts'
import {
  type BuildPages,
  type PageLookup,
  pageAtRoute,
  routeOfPage,
  type StoredPage,
} from '../../search-index/index.ts'

/** The page whose Markdown is at `/guides/auth.md`. */
export function pageAtMarkdownRoute(pages: PageLookup, route: string): StoredPage | null {
  if (!isMarkdownName(route)) return null
  const withoutEnding = withoutMarkdownEnding(route)
  return (
    pages.pageByPath(decodedPath(route).slice(1)) ??
    pageAtRoute(pages, withoutEnding) ??
    (withoutEnding === '/index' ? pageAtRoute(pages, '/') : null)
  )
}

/** The page at `/docs/`; null where the docs have none. */
export function startPageOf(pages: PageLookup): StoredPage | null {
  return pageAtRoute(pages, '/')
}

/** The route of a page on this server. */
export function docsRouteOf(pages: PageLookup, page: StoredPage): string {
  return `/docs${routeOfPage(pages, page)}`
}

/** The route of its Markdown: that of the page with `.md`, or with another ending where that is another page's. */
export function markdownRouteOf(pages: PageLookup, page: StoredPage): string {
  const route = routeOfPage(pages, page).replace(/\/$/, '') || '/index'
  const candidates = [...markdownEndings.map((ending) => `${route}.${ending}`), `/${encodedPath(page.path)}`]
  const found = candidates.find(
    (candidate) =>
      pageAtRoute(pages, candidate) === null && pageAtMarkdownRoute(pages, candidate)?.id === page.id,
  )
  return `/docs${found ?? candidates[0]}`
}

const markdownEndings = ['md', 'mdx', 'markdown', 'mdown', 'mkd']

/** Where a link in a page leads. */
export interface LinkTarget {
  readonly page: StoredPage
  /** With `#`, if a heading has it: other ids of a page are not in what is shown here. Empty otherwise. */
  readonly fragment: string
}

/**
 * Resolves a link in a page, written as a file path or as a route of the site; null where it leads to no page of the docs.
 * `sources` are the names of the build's sources if it has several: a route that begins with a slash is one of the site of
 * the page.
 */
export function targetOfLink(
  link: string,
  from: StoredPage,
  pages: PageLookup & Pick<BuildPages, 'sectionsOf'>,
  sources: readonly string[] = [],
): LinkTarget | null {
  const [, address = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(link) ?? []
  const written = decodedPath(address.replace(/\?.*$/s, ''))
  if (written === '') return null
  const source = sources.find((name) => from.path.startsWith(`${name}/`))
  const path = source !== undefined && written.startsWith('/') ? `/${source}${written}` : written
  const file = posix.normalize(
    path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(from.path), path),
  )
  const route = posix.normalize(path.startsWith('/') ? path : posix.join(decodedPath(from.url), '..', path))
  const page =
    pages.pageByPath(file) ??
    pageAtRoute(pages, `/${encodedPath(file).replace(/\/$/, '')}`) ??
    pageAtRoute(pages, encodedPath(route))
  if (page === null) return null
  const key = pathKey(fragment.slice(1))
  const isThere = pages.sectionsOf(page.id).some(({anchor}) => pathKey(anchor) === key)
  return {page, fragment: isThere ? fragment : ''}
}

/** The route on this server of a link in a page, as `targetOfLink` resolves it. */
export function linkOf(
  link: string,
  from: StoredPage,
  pages: PageLookup & Pick<BuildPages, 'sectionsOf'>,
  sources: readonly string[] = [],
): string | null {
  const target = targetOfLink(link, from, pages, sources)
  return target && docsRouteOf(pages, target.page) + target.fragment
}

/**
 * The page that a wrong route surely means: with the ending of a file or an index, or in another letter case; null where
 * there is none, or more than one.
 */
export function pageMeantBy(pages: AllPages, route: string): StoredPage | null {
  const bare = withoutMarkdownEnding(route.replace(/\.(?:html?)$/i, '')).replace(
    /\/(?:_?index|readme|default)$/i,
    '',
  )
  const found = pageAtRoute(pages, bare === '' ? '/' : bare)
  if (found !== null) return found
  return pagesByLooseKey(pages).get(looseKey(bare)) ?? null
}

type AllPages = PageLookup & Pick<BuildPages, 'pages'>

/** Null for a key of several pages. */
const pagesByLooseKey = oncePer((pages: AllPages) => {
  const byKey = new Map<string, StoredPage | null>()
  for (const page of pages.pages()) {
    const key = looseKey(routeOfPage(pages, page))
    byKey.set(key, byKey.has(key) ? null : page)
  }
  return byKey
})

/** Equal for routes that differ in letter case, encoding, or `_` and `-`. */
function looseKey(route: string): string {
  return pathKey(route).toLowerCase().replaceAll('_', '-').replace(/\/+$/, '')
}

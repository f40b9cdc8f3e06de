import {posix} from 'node:path'
import type {BuildPages, StoredPage} from '../../search-index/index.ts'

/** The part of a build that is needed to find a page. */
export type PageLookup = Pick<BuildPages, 'pageByUrl' | 'pageByPath'>

/** The page at `/guides/auth`, by its URL on the site or by its file. */
export function pageAt(pages: PageLookup, route: string): StoredPage | null {
  const byUrl = pages.pageByUrl(route) ?? pages.pageByUrl(`${route.replace(/\/$/, '')}/`)
  if (byUrl) return byUrl
  // Pages whose own URL is on another site are found by their file.
  const path = route.slice(1)
  if (/\.mdx?$/.test(path)) return null
  for (const candidate of [`${path}.md`, `${path}.mdx`, `${path}/index.md`, `${path}/index.mdx`]) {
    const page = pages.pageByPath(candidate.replace(/^\//, ''))
    if (page) return page
  }
  return null
}

/** The page whose Markdown is at `/guides/auth.md`. */
export function pageAtMarkdownRoute(pages: PageLookup, route: string): StoredPage | null {
  if (!/\.mdx?$/.test(route)) return null
  const withoutEnding = route.replace(/\.mdx?$/, '')
  return (
    pages.pageByPath(route.slice(1)) ??
    pageAt(pages, withoutEnding) ??
    (withoutEnding === '/index' ? pageAt(pages, '/') : null)
  )
}

/** The route of a page on this server. */
export function docsRouteOf(page: Pick<StoredPage, 'url' | 'path'>): string {
  const route = page.url.startsWith('/')
    ? page.url
    : `/${page.path.replace(/(?:^|\/)index\.mdx?$|\.mdx?$/, '')}`
  return `/docs${encodeURI(route)}`
}

/** The route of its Markdown. */
export function markdownRouteOf(page: StoredPage): string {
  return page.url === '/' ? '/docs/index.md' : `${docsRouteOf(page).replace(/\/$/, '')}.md`
}

/** Resolves a link in a page, written as a file path or as a route of the site, to a route on this server. */
export function linkOf(link: string, from: StoredPage, pages: PageLookup): string | null {
  const [, address = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(link) ?? []
  const path = decoded(address.replace(/\?.*$/s, ''))
  if (path === null || path === '') return null
  const file = posix.normalize(
    path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(from.path), path),
  )
  const route = posix.normalize(path.startsWith('/') ? path : posix.join(from.url, '..', path))
  const page = pages.pageByPath(file) ?? pageAt(pages, `/${file.replace(/\/$/, '')}`) ?? pageAt(pages, route)
  return page && docsRouteOf(page) + fragment
}

function decoded(text: string): string | null {
  try {
    return decodeURI(text)
  } catch {
    return null
  }
}

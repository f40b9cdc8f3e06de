import type {PageNames, SiteUrl, VisitorPage} from '../domain/index.ts'
import {decodedPath, pathKey} from '../lib/url-path.ts'
import {type IndexBuild, pageAtRoute, type StoredPage, type StoredSection} from '../search-index/index.ts'
import {BuildCache} from './build-cache.ts'
import {shownName} from './page-links.ts'

/** Where a visitor is: a page of the build and, where it is known, the section in view. */
export interface VisitorPlace {
  readonly page: StoredPage
  readonly section: StoredSection | null
}

/** Where the visitor is in a build; null where that is no page of it. */
export function placeOfVisitor(
  build: IndexBuild,
  {url, section}: VisitorPage,
  siteUrl: SiteUrl,
): VisitorPlace | null {
  const page = url === null ? null : pageAtAddress(build, url, siteUrl)
  if (page === null || url === null) return null
  const wanted = [section, fragmentOf(url)].filter((name) => name !== null && name !== '')
  const found = wanted.map((name) => sectionNamed(build, page, name!)).find((one) => one !== null)
  return {page, section: found ?? null}
}

/** A place by the names that readers are shown. */
export function namesOf(place: VisitorPlace | null): PageNames | null {
  if (place === null) return null
  const heading = place.section?.headings.at(-1)
  return {title: shownName(place.page.title), section: heading === undefined ? null : shownName(heading)}
}

/**
 * The page at an address on the docs' own site, or below `/docs` on this server, however a host or a router writes it:
 * with or without a slash or `.html` at its end, with a fragment, with a query. Where nobody said where the docs live, a
 * path is that of the site itself. Null where it is no page of the build.
 */
export function pageAtAddress(
  build: Pick<IndexBuild, 'pageByUrl' | 'pageByPath'>,
  address: string,
  siteUrl: SiteUrl,
): StoredPage | null {
  const isAbsolute = /^https?:\/\//i.test(address)
  const url = urlOf(address, 'http://path.invalid')
  if (url === null || (!isAbsolute && url.host !== 'path.invalid')) return null
  if (isAbsolute) {
    // A page may have an absolute address of its own.
    const own = build.pageByUrl(url.origin + url.pathname) ?? build.pageByUrl(url.origin + bare(url.pathname))
    if (own !== null) return own
  }
  for (const route of routesOf(url, isAbsolute, siteUrl)) {
    const page = pageAtAnyForm(build, route, url.hash)
    if (page !== null) return page
  }
  return null
}

/**
 * The route in the docs that an address most likely means, whether or not there is a page at it; null for an address
 * elsewhere.
 */
export function likeliestRoute(address: string, siteUrl: SiteUrl): string | null {
  const isAbsolute = /^https?:\/\//i.test(address)
  const url = urlOf(address, 'http://path.invalid')
  if (url === null || (!isAbsolute && url.host !== 'path.invalid')) return null
  const [route = null] = routesOf(url, isAbsolute, siteUrl)
  return route
}

/** The section whose fragment or whose own heading this is; null where none has it. */
export function sectionNamed(build: IndexBuild, page: StoredPage, name: string): StoredSection | null {
  const cache = BuildCache.of(build)
  const sections = cache.sectionsOf(page.id)
  const anchor = pathKey(name.replace(/^#/, ''))
  const heading = comparable(name)
  return (
    sections.find((section) => anchor !== '' && pathKey(cache.addressOf(section).anchor) === anchor) ??
    sections.find(({headings}) => comparable(headings.at(-1) ?? page.title) === heading) ??
    null
  )
}

function comparable(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** The fragment of an address, decoded; that of a router that keeps the page after `#/` is its `id`. */
function fragmentOf(address: string): string {
  const [, hash = ''] = /#(.*)$/s.exec(address) ?? []
  if (!hash.startsWith('/')) return hash
  return /[?&]id=([^&]*)/.exec(hash)?.[1] ?? ''
}

/** The routes in the docs that an address may mean, the likeliest first. */
function* routesOf({host, pathname}: URL, isAbsolute: boolean, siteUrl: SiteUrl): Generator<string> {
  for (const [base, source] of sitesOf(siteUrl)) {
    const site = urlOf(base)
    if (site === null || (isAbsolute && withoutWww(host) !== withoutWww(site.host))) continue
    const rest = below(bare(site.pathname), pathname)
    if (rest !== null) yield source + rest
  }
  const shownHere = below('/docs', pathname)
  if (shownHere !== null) yield shownHere
  if (siteUrl === null) yield pathname
}

function sitesOf(siteUrl: SiteUrl): (readonly [base: string, source: string])[] {
  if (siteUrl === null) return []
  if (typeof siteUrl === 'string') return [[siteUrl, '']]
  return Object.entries(siteUrl).map(([source, base]) => [base, `/${source}`] as const)
}

function urlOf(address: string, base?: string): URL | null {
  return URL.canParse(address, base) ? new URL(address, base) : null
}

function withoutWww(host: string): string {
  return host.replace(/^www\./, '')
}

/** What follows a folder in a path, with its slash; null where it is elsewhere. */
function below(folder: string, path: string): string | null {
  if (path !== folder && !path.startsWith(`${folder}/`)) return null
  return path.slice(folder.length) || '/'
}

/** A path without the slash at its end; empty for the root. */
function bare(path: string): string {
  return path.replace(/\/+$/, '')
}

function pageAtAnyForm(
  build: Pick<IndexBuild, 'pageByUrl' | 'pageByPath'>,
  route: string,
  hash: string,
): StoredPage | null {
  // A router that keeps the page after `#/` has one path for all of them.
  if (hash.startsWith('#/')) {
    const routed = `${bare(route)}/${hash.replace(/\?.*$/s, '')}`
    const page = build.pageByUrl(routed) ?? build.pageByUrl(bare(routed))
    if (page !== null) return page
  }
  // Of several pages with one address this server shows the others at the paths of their files.
  const exact = pageAtRoute(build, route) ?? build.pageByPath(decodedPath(route).slice(1))
  if (exact !== null) return exact
  const plain = route.replace(/(?:\/index)?\.html?$/i, '') || '/'
  for (const form of new Set([plain, `${bare(plain)}.html`, `${bare(plain)}/index.html`])) {
    const page = pageAtRoute(build, form)
    if (page !== null) return page
  }
  return null
}

import {maxShownName, type PageLink} from '../domain/index.ts'
import {shortened} from '../lib/cut.ts'
import type {IndexBuild, StoredPage} from '../search-index/index.ts'
import {BuildCache} from './build-cache.ts'
import type {Candidate} from './candidate.ts'

/** Pages suggested when Docent abstains. */
const maxNearest = 3

/** The address of a page: on the docs' own site, or on this server where `siteUrl` is null. */
export function urlOf(build: IndexBuild, page: StoredPage, siteUrl: string | null): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(page.url)) return page.url
  if (siteUrl !== null) return siteUrl.replace(/\/+$/, '') + withLeadingSlash(page.url)
  // Of two pages with one address, this server shows the first there, and the other under its file path.
  const ownsUrl = BuildCache.of(build).ownsUrl(page)
  return `/docs${withLeadingSlash(ownsUrl ? page.url : page.path.replace(/\.mdx?$/, ''))}`
}

/** The pages of the best candidates, at most three. */
export function nearestPages(
  build: IndexBuild,
  candidates: readonly Candidate[],
  siteUrl: string | null,
): PageLink[] {
  const links = new Map<number, PageLink>()
  for (const {section} of candidates) {
    if (links.size === maxNearest) break
    const {id, title} = section.page
    if (!links.has(id)) links.set(id, {title: shownName(title), url: urlOf(build, section.page, siteUrl)})
  }
  return [...links.values()]
}

/** A title or heading, shortened to the length that readers are shown. */
export function shownName(name: string): string {
  return shortened(name, maxShownName)
}

function withLeadingSlash(url: string): string {
  return url.startsWith('/') ? url : `/${url}`
}

import {maxShownName, type PageLink, type QuotableBlock, type SiteUrl} from '../domain/index.ts'
import {shortened} from '../lib/cut.ts'
import {encodedAddress, encodedPath} from '../lib/url-path.ts'
import {type IndexBuild, routeOfPage, type StoredPage, type StoredSection} from '../search-index/index.ts'
import {BuildCache} from './build-cache.ts'
import type {Candidate} from './candidate.ts'

/** Pages suggested when Docent abstains. */
const maxNearest = 3
/** Longest sentence shown of a suggested section, in UTF-16 units. */
const maxSentence = 200

/** The address of a page: on the docs' own site, or on this server where `siteUrl` says none. */
export function urlOf(build: IndexBuild, page: StoredPage, siteUrl: SiteUrl): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(page.url)) return encodedAddress(page.url)
  const address = encodedAddress(withLeadingSlash(page.url))
  const published = addressOnSite(page, address, siteUrl)
  if (published !== null) return published
  // Of two pages with one address, this server shows the first there, and the other under its file path.
  // What follows `#` never reaches a server.
  const isOwn = BuildCache.of(build).ownsUrl(page) && !address.includes('#')
  return `/docs${isOwn ? address : routeOfPage(build, page)}`
}

/** On the docs' own site; null where `siteUrl` does not say where that is. @param address that of the page, encoded */
function addressOnSite(page: Pick<StoredPage, 'path'>, address: string, siteUrl: SiteUrl): string | null {
  if (typeof siteUrl === 'string') return siteUrl.replace(/\/+$/, '') + address
  const [, source = '', route = '/'] = /^\/([a-z0-9-]+)(\/.*)?$/s.exec(address) ?? []
  // The name of the source is no part of the address on its own site.
  if (siteUrl !== null && Object.hasOwn(siteUrl, source) && page.path.startsWith(`${source}/`))
    return siteUrl[source]!.replace(/\/+$/, '') + route
  return null
}

/**
 * Every address that a page may have had in answers: on the docs' own site and on this server, whichever of them was set at
 * the time.
 */
export function addressesOf(page: Pick<StoredPage, 'path' | 'url'>, siteUrl: SiteUrl): string[] {
  if (/^[a-z][a-z0-9+.-]*:/i.test(page.url)) return [encodedAddress(page.url)]
  const address = encodedAddress(withLeadingSlash(page.url))
  const byFile = encodedPath(withLeadingSlash(page.path.replace(/\.[^./]+$/, '')))
  const published = addressOnSite(page, address, siteUrl)
  return [...(published === null ? [] : [published]), `/docs${address}`, `/docs${byFile}`]
}

/** The pages of the best candidates, at most three, each with its best section. */
export function nearestPages(
  build: IndexBuild,
  candidates: readonly Candidate[],
  siteUrl: SiteUrl,
): PageLink[] {
  const links = new Map<number, PageLink>()
  for (const {section} of candidates) {
    if (links.size === maxNearest) break
    const {id, title} = section.page
    if (links.has(id)) continue
    const url = urlOf(build, section.page, siteUrl)
    links.set(id, {title: shownName(title), url, ...sectionLinkOf(build, section)})
  }
  return [...links.values()]
}

/** The part of a link that leads to a section of its page; empty for the text before the first heading. */
function sectionLinkOf(build: IndexBuild, section: StoredSection): Pick<PageLink, 'section'> {
  const heading = section.headings.at(-1)
  if (heading === undefined) return {}
  const sentence = firstSentenceOf(build.passagesOf(section.id)[0]?.blocks ?? [])
  const {anchor} = BuildCache.of(build).addressOf(section)
  return {section: {heading: shownName(heading), anchor, text: shortened(sentence, maxSentence)}}
}

/** The first sentence that can be read alone; empty for a section of code, tables and lead-ins. */
function firstSentenceOf(blocks: readonly QuotableBlock[]): string {
  const units = blocks.flatMap((block) => block.units)
  const sentence = units.find(
    ({kind, isLeadIn, text}) => kind === 'sentence' && !isLeadIn && /[.!?。！？][)"'”’」]?$/u.test(text),
  )
  return sentence?.text ?? ''
}

/** A title or heading, shortened to the length that readers are shown. */
export function shownName(name: string): string {
  return shortened(name, maxShownName)
}

function withLeadingSlash(url: string): string {
  return url.startsWith('/') ? url : `/${url}`
}

import {createHash} from 'node:crypto'
import {joinedBlocks, markdownOfBlock, type SiteUrl} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import type {IndexBuild, StoredSection} from '../search-index/index.ts'
import {lettersAndDigits} from '../text/letters.ts'
import {BuildCache} from './build-cache.ts'
import {shownName, urlOf} from './page-links.ts'
import {pageAtAddress, sectionNamed} from './visitor-place.ts'

/** Where a section is, as a source of an answer says it. */
export interface SectionPlace {
  /** Absolute, or a path on this server. */
  readonly url: string
  /** Fragment without `#`; empty for the text before the first heading. */
  readonly anchor: string
}

/** A section to be read beside an answer. */
export interface SectionText extends SectionPlace {
  readonly title: string
  readonly headings: readonly string[]
  /** Markdown, as answers quote it: at most 20,000 UTF-16 units. */
  readonly text: string
  /** Whether the section is longer. */
  readonly isTruncated: boolean
  readonly version: string | null
  /** BCP 47; null when not known. */
  readonly lang: string | null
}

const maxTextLength = 20_000

/** The text of a section of a build; null where it has no such page or section. */
export function sectionTextAt(build: IndexBuild, place: SectionPlace, siteUrl: SiteUrl): SectionText | null {
  const page = pageAtAddress(build, place.url, siteUrl)
  const section = page === null ? null : sectionAt(build, page, place.anchor)
  if (page === null || section === null) return null
  const blocks = joinedBlocks(build.passagesOf(section.id).flatMap((passage) => passage.blocks))
  const text = blocks.map(markdownOfBlock).join('\n\n')
  return {
    url: urlOf(build, page, siteUrl),
    anchor: BuildCache.of(build).addressOf(section).anchor,
    title: shownName(page.title),
    headings: section.headings.map(shownName),
    text: headOf(text, maxTextLength),
    isTruncated: text.length > maxTextLength,
    version: page.version,
    lang: page.lang,
  }
}

function sectionAt(build: IndexBuild, page: StoredSection['page'], anchor: string): StoredSection | null {
  if (anchor !== '') return sectionNamed(build, page, anchor)
  const cache = BuildCache.of(build)
  return cache.sectionsOf(page.id).find((section) => cache.addressOf(section).anchor === '') ?? null
}

/** A page, or a section of it, with the names that readers are shown; `lang` is that of the site where its own is not known. */
export type NamedPlace = Pick<SectionText, 'url' | 'anchor' | 'title' | 'headings' | 'version' | 'lang'>

/** Without an anchor the page as a whole; null where the build has no such page or section. */
export function namedPlaceAt(build: IndexBuild, place: SectionPlace, siteUrl: SiteUrl): NamedPlace | null {
  const page = pageAtAddress(build, place.url, siteUrl)
  const section = page === null || place.anchor === '' ? null : sectionNamed(build, page, place.anchor)
  if (page === null || (section === null && place.anchor !== '')) return null
  return {
    url: urlOf(build, page, siteUrl),
    anchor: section === null ? '' : BuildCache.of(build).addressOf(section).anchor,
    title: shownName(page.title),
    headings: section?.headings.map(shownName) ?? [],
    version: page.version,
    lang: page.lang ?? build.language,
  }
}

/** The address of the page of a file, as `SectionPlace` has it; null where the build has no such page. */
export function addressOfFile(build: IndexBuild, path: string, siteUrl: SiteUrl): string | null {
  const page = build.pageByPath(path)
  return page === null ? null : urlOf(build, page, siteUrl)
}

/**
 * A digest of the words of a whole page, in order: the same in every build while they stay, however the page is cut into
 * passages. Null where the build has no such page.
 */
export function pageDigest(build: IndexBuild, url: string, siteUrl: SiteUrl): string | null {
  const page = pageAtAddress(build, url, siteUrl)
  if (page === null) return null
  const hash = createHash('sha256').update(lettersAndDigits(page.title))
  for (const {id, headings} of BuildCache.of(build).sectionsOf(page.id)) {
    hash.update(lettersAndDigits(headings.join(' ')))
    for (const {text} of build.passagesOf(id)) hash.update(lettersAndDigits(text))
  }
  return hash.digest('base64url').slice(0, 22)
}

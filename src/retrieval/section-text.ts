import {joinedBlocks, type QuotableBlock, type SiteUrl} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import type {IndexBuild, StoredSection} from '../search-index/index.ts'
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
  const text = blocks.map(markdownOf).join('\n\n')
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

/** A block as it would stand in a page, with the heading inside the section that it is under. */
function markdownOf({kind, heading, tableHead, units}: QuotableBlock): string {
  const lines = units.map(({markdown}) => markdown)
  const body = kind === 'paragraph' ? lines.join(' ') : [tableHead, ...lines].filter(Boolean).join('\n')
  return heading === '' ? body : `**${heading}**\n\n${body}`
}

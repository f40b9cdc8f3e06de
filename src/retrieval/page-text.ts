import {joinedBlocks, markdownOfBlock, type SiteUrl} from '../domain/index.ts'
import {isMarkdownName, withoutMarkdownEnding} from '../lib/markdown-name.ts'
import {decodedPath} from '../lib/url-path.ts'
import {
  type BuildPages,
  type IndexBuild,
  pageAtRoute,
  type StoredPage,
  type StoredSection,
} from '../search-index/index.ts'
import {versionsToSearch} from './asked-versions.ts'
import {BuildCache} from './build-cache.ts'
import {shownName, urlOf} from './page-links.ts'
import {pageAtAddress, sectionNamed} from './visitor-place.ts'

/** A page as readers are shown it, with what finds it again. */
export interface NamedPage {
  /** Below the content root: names the page in every build that has it. */
  readonly path: string
  /** Absolute, or a path on this server. */
  readonly url: string
  readonly title: string
  readonly description: string | null
  readonly version: string | null
  /** BCP 47; that of the site where its own is not known. */
  readonly lang: string | null
}

/** A heading of a page, and the fragment that leads to it. */
export interface PageHeading {
  /** Empty where no fragment leads there. */
  readonly anchor: string
  readonly headings: readonly string[]
}

export function namedPage(build: IndexBuild, page: StoredPage, siteUrl: SiteUrl): NamedPage {
  return {
    path: page.path,
    url: urlOf(build, page, siteUrl),
    title: shownName(page.title),
    description: page.description,
    version: page.version,
    lang: page.lang ?? build.language,
  }
}

/**
 * The page that a reference means: the path of its file, its address on the docs' own site or on this server, or that of
 * its Markdown; null where the build has none. A reference is never a path on the disk: it is only looked up.
 */
export function pageMeant(
  build: Pick<BuildPages, 'pageByUrl' | 'pageByPath'>,
  reference: string,
  siteUrl: SiteUrl,
): StoredPage | null {
  const address = reference.trim()
  const bare = address.replace(/[#?].*$/s, '')
  if (bare === '' || bare.includes('\0')) return null
  const path = `/${bare.replace(/^\.?\/+/, '')}`
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(bare)
  const withoutEnding = withoutMarkdownEnding(bare).replace(/(?<=\/)index$/i, '')
  return (
    build.pageByPath(decodedPath(path).slice(1)) ??
    pageAtAddress(build, address, siteUrl) ??
    (isMarkdownName(bare) ? pageAtAddress(build, withoutEnding, siteUrl) : null) ??
    // Where the docs have a site of their own, a path alone is still meant as one of theirs.
    (isAbsolute ? null : pageAtRoute(build, path))
  )
}

/** The sections of a page that have a heading, in order, with their fragments. */
export function headingsOf(build: IndexBuild, page: StoredPage): readonly PageHeading[] {
  const cache = BuildCache.of(build)
  return cache
    .sectionsOf(page.id)
    .filter(({headings}) => headings.length > 0)
    .map((section) => ({
      anchor: cache.addressOf(section).anchor,
      headings: section.headings.map(shownName),
    }))
}

/**
 * A section of a page by its fragment or heading, as Markdown, with the sections below it; null where the page has none
 * of that name. Links to other pages are plain words, as answers quote them.
 */
export function sectionMeant(
  build: IndexBuild,
  page: StoredPage,
  name: string,
): (PageHeading & {readonly text: string}) | null {
  const cache = BuildCache.of(build)
  const section = sectionNamed(build, page, name)
  if (section === null) return null
  const all = cache.sectionsOf(page.id)
  const from = all.findIndex(({id}) => id === section.id)
  const rest = all.slice(from + 1)
  const end = rest.findIndex((later) => !isBelow(later, section))
  const parts = [section, ...(end < 0 ? rest : rest.slice(0, end))]
  return {
    anchor: cache.addressOf(section).anchor,
    headings: section.headings.map(shownName),
    text: parts.map((part) => markdownOfSection(build, part)).join('\n\n'),
  }
}

function isBelow(later: StoredSection, section: StoredSection): boolean {
  return section.headings.length > 0 && later.depth > section.depth
}

function markdownOfSection(build: IndexBuild, section: StoredSection): string {
  const heading = section.headings.at(-1)
  const blocks = joinedBlocks(build.passagesOf(section.id).flatMap((passage) => passage.blocks))
  const level = '#'.repeat(Math.min(Math.max(section.depth, 1), 6))
  return [...(heading === undefined ? [] : [`${level} ${heading}`]), ...blocks.map(markdownOfBlock)].join(
    '\n\n',
  )
}

/**
 * The pages of a version, those of the current one for null, in the order of the project's navigation and then by path.
 * All pages where the docs have no versions.
 */
export function pagesOfVersion(build: IndexBuild, version: string | null): readonly StoredPage[] {
  const versions = versionsToSearch(build, '', version)
  const ordered = build.outline().flatMap(({page}) => page ?? [])
  return [...new Map([...ordered, ...build.pages()].map((page) => [page.id, page])).values()].filter(
    (page) => versions === null || versions.includes(page.version),
  )
}

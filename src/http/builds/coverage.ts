import type {SiteUrl} from '../../domain/index.ts'
import {csvCell} from '../../lib/csv-cell.ts'
import {pageAtAddress} from '../../retrieval/index.ts'
import {type BuildPages, routeOfPage} from '../../search-index/index.ts'
import type {PageFigures} from '../../transcripts/index.ts'

/** What answers made of a page, by how many of them. */
export type PageCounts = Readonly<Record<PageCount, number>>

export const pageCounts = ['shown', 'cited', 'disliked', 'unanswered'] as const
export type PageCount = (typeof pageCounts)[number]

export interface CoveredPage extends PageCounts {
  readonly path: string
  readonly title: string
  /** Where this server shows it. */
  readonly url: string
  readonly version: string | null
  readonly lang: string | null
  readonly sections: number
}

export const coverageFilters = ['never', 'uncited', 'disliked', 'unanswered'] as const
export type CoverageFilter = (typeof coverageFilters)[number]

export const coverageOrders = [...pageCounts, 'path'] as const

export interface CoverageQuery {
  /** In title or path, in any case. */
  readonly q: string
  /** `never` shown, shown and never cited, cited in answers that were disliked, near what was not answered. Null: all. */
  readonly only: CoverageFilter | null
  /** The greatest first, or by path. */
  readonly sort: (typeof coverageOrders)[number]
  readonly offset: number
  readonly limit: number
}

export interface Coverage {
  /** Of all pages of the build, whatever is asked for. */
  readonly totals: Readonly<Record<CoverageFilter | 'pages' | 'shown', number>>
  /** Pages that answers showed and that the build does not have. */
  readonly gone: number
  /** How many pages the query has. */
  readonly matches: number
  readonly pages: readonly CoveredPage[]
}

const none: PageCounts = {shown: 0, cited: 0, disliked: 0, unanswered: 0}

const isOf: Readonly<Record<CoverageFilter, (page: PageCounts) => boolean>> = {
  never: ({shown}) => shown === 0,
  uncited: ({shown, cited}) => shown > 0 && cited === 0,
  disliked: ({disliked}) => disliked > 0,
  unanswered: ({unanswered}) => unanswered > 0,
}

/** Every page of a build, with what answers made of it. A page that has several addresses counts once. */
export function coverageOf(
  build: BuildPages,
  figures: readonly PageFigures[],
  siteUrl: SiteUrl,
  {q, only, sort, offset, limit}: CoverageQuery,
): Coverage {
  const counted = new Map<number, PageCounts>()
  let gone = 0
  for (const {url, ...counts} of figures) {
    const page = pageAtAddress(build, url, siteUrl)
    if (page === null) {
      if (counts.shown > 0) gone++
      continue
    }
    const before = counted.get(page.id) ?? none
    const sum = (name: PageCount) => before[name] + counts[name]
    counted.set(page.id, {
      shown: sum('shown'),
      cited: sum('cited'),
      disliked: sum('disliked'),
      unanswered: sum('unanswered'),
    })
  }
  const sections = build.sectionCounts()
  const all = build.pages().map((page): CoveredPage => {
    const {id, path, title, version, lang} = page
    const url = `/docs${routeOfPage(build, page)}`
    return {path, title, url, version, lang, sections: sections.get(id) ?? 0, ...(counted.get(id) ?? none)}
  })
  const number = (filter: CoverageFilter) => all.filter(isOf[filter]).length
  const words = q.toLowerCase()
  const found = all
    .filter((page) => only === null || isOf[only](page))
    .filter(({title, path}) => words === '' || `${title}\n${path}`.toLowerCase().includes(words))
    .sort((one, other) => (sort === 'path' ? 0 : other[sort] - one[sort]) || (one.path < other.path ? -1 : 1))
  return {
    totals: {
      pages: all.length,
      shown: all.length - number('never'),
      never: number('never'),
      uncited: number('uncited'),
      disliked: number('disliked'),
      unanswered: number('unanswered'),
    },
    gone,
    matches: found.length,
    pages: found.slice(offset, offset + limit),
  }
}

const columns = ['path', 'title', 'url', 'version', 'lang', 'sections', ...pageCounts] as const

/** The pages as CSV (RFC 4180), made safe for spreadsheets. */
export function coverageCsv(pages: readonly CoveredPage[]): string {
  const rows = pages.map((page) => columns.map((column) => csvCell(String(page[column] ?? ''))).join(','))
  return [columns.join(','), ...rows].map((row) => `${row}\r\n`).join('')
}

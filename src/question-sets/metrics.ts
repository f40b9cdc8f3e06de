import {sectionAddress} from '../lib/section-address.ts'
import {pathKey} from '../lib/url-path.ts'
/** Cut-offs at which every metric is computed. */
export const depths = [1, 3, 5, 10, 20] as const

/** A result: a section of a page. */
export interface FoundSection {
  readonly pageUrl: string
  readonly anchor: string
  /** Its id in the build, where known. */
  readonly section?: number
}

/** A relevant section: `url#anchor`, `url` for any section of the page, or a section of the build. */
export type Relevant = string | RelevantSection

export interface RelevantSection {
  readonly pageUrl: string
  readonly anchor: string
  /** Its id in the build; null for one that the build does not have, which no result matches. */
  readonly section: number | null
}

/** As `url#anchor`, for display. */
export function addressOf({pageUrl, anchor}: Pick<FoundSection, 'pageUrl' | 'anchor'>): string {
  return sectionAddress({url: pageUrl, anchor})
}

/** The metrics of one question, by names such as `hit@5`, `recall@5`, `precision@5`, `mrr@5`. */
export type Scores = Readonly<Record<string, number>>

/**
 * Scores of a result list, by section: a result counts when its `url#anchor` or id, or its page's `url`, is relevant. Recall counts each relevant entry once; precision divides by k.
 */
export function sectionScores(found: readonly FoundSection[], relevant: readonly Relevant[]): Scores {
  return scoresOf(
    found.map((section) => relevant.filter((entry) => matchesSection(entry, section))),
    new Set(relevant).size,
  )
}

/**
 * The same by page: pages in the order of their first result, each once; the fragments of relevant entries are
 * ignored.
 */
export function pageScores(found: readonly FoundSection[], relevant: readonly Relevant[]): Scores {
  const pages = [...new Set(found.map((section) => samePage(section.pageUrl)))]
  const wanted = new Set(relevant.map(pageOf))
  return scoresOf(
    pages.map((page) => (wanted.has(page) ? [page] : [])),
    wanted.size,
  )
}

/** One-based rank of the first relevant section and of the first relevant page; null when not among the results. */
export function ranksOf(
  found: readonly FoundSection[],
  relevant: readonly Relevant[],
): {readonly section: number | null; readonly page: number | null} {
  const section = found.findIndex((hit) => relevant.some((entry) => matchesSection(entry, hit)))
  const wanted = new Set(relevant.map(pageOf))
  const page = [...new Set(found.map((hit) => samePage(hit.pageUrl)))].findIndex((url) => wanted.has(url))
  return {section: section < 0 ? null : section + 1, page: page < 0 ? null : page + 1}
}

function matchesSection(entry: Relevant, section: FoundSection): boolean {
  if (typeof entry !== 'string') return entry.section !== null && entry.section === section.section
  const {url, anchor} = placeIn(entry)
  return samePage(url) === samePage(section.pageUrl) && (anchor === null || anchor === section.anchor)
}

/** The normalised address of its page. */
export function pageOf(entry: Relevant): string {
  if (typeof entry !== 'string') return samePage(entry.pageUrl)
  return samePage(placeIn(entry).url)
}

/** The page of a relevant entry and its section, as `sectionAddress` writes them; `anchor` is null for any section of it. */
export function placeIn(entry: string): {readonly url: string; readonly anchor: string | null} {
  const mark = entry.includes('#/') ? '?id=' : '#'
  const at = entry.indexOf(mark)
  return at < 0
    ? {url: entry, anchor: null}
    : {url: entry.slice(0, at), anchor: entry.slice(at + mark.length)}
}

/** Normalises a page's address: `guides/auth`, `/guides/auth` and `/guides/auth/` are the same page, in every encoding. */
export function samePage(url: string): string {
  const path = pathKey(url.replace(/\/+$/, ''))
  return /^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('/') ? path : `/${path}`
}

function scoresOf(matches: readonly (readonly Relevant[])[], wanted: number): Scores {
  const scores: Record<string, number> = {}
  for (const k of depths) {
    const top = matches.slice(0, k)
    const first = top.findIndex((match) => match.length > 0)
    scores[`hit@${k}`] = first >= 0 ? 1 : 0
    scores[`recall@${k}`] = wanted === 0 ? 0 : new Set(top.flat()).size / wanted
    scores[`precision@${k}`] = top.filter((match) => match.length > 0).length / k
    scores[`mrr@${k}`] = first >= 0 ? 1 / (first + 1) : 0
  }
  return scores
}

import type {Highlight} from '../../domain/index.ts'
import type {SearchHit} from '../../retrieval/index.ts'
import type {PageLookup} from '../../search-index/index.ts'
import {type Html, html} from '../html.ts'
import {docsRouteOf} from './docs-lookup.ts'
import {type DocsWords, fill} from './docs-words.ts'

export interface FoundSections {
  readonly query: string
  /** Best first. */
  readonly hits: readonly SearchHit[]
  /** Whether the docs seem not to answer the query as a question. */
  readonly isUnanswered: boolean
}

/** Results of a search, grouped by page, with the words that were searched for marked. */
export function resultsOf(
  {query, hits, isUnanswered}: FoundSections,
  {pages, words}: {readonly pages: PageLookup; readonly words: DocsWords},
): Html {
  const note = (line: string): Html => html`<p class="note" role="status">${fill(line, {query})}</p>`
  if (hits.length === 0) return html`<div class="results">${note(words.noResults)}</div>`
  return html`<div class="results">${isUnanswered ? note(words.unanswered) : null}
<ul>
${pageGroups(hits).map(
  (group) => html`<li><p class="result-page">${marked(group[0]!.title, group[0]!.highlights.title)}</p><ul>
${group.map((hit) => html`<li>${resultOf(hit, pages)}</li>\n`)}</ul></li>\n`,
)}</ul></div>`
}

/** Hits of one page together, at the place of its best. */
function pageGroups(hits: readonly SearchHit[]): readonly (readonly SearchHit[])[] {
  const groups = new Map<string, SearchHit[]>()
  for (const hit of hits) {
    const group = groups.get(hit.path)
    if (group === undefined) groups.set(hit.path, [hit])
    else group.push(hit)
  }
  return [...groups.values()]
}

function resultOf(hit: SearchHit, pages: PageLookup): Html {
  const page = pages.pageByPath(hit.path)
  const address =
    (page === null ? hit.url : docsRouteOf(pages, page)) + (hit.anchor === '' ? '' : `#${hit.anchor}`)
  const headings = hit.headings.map((heading, n) => marked(heading, hit.highlights.headings[n] ?? []))
  return html`<a href="${address}"><span class="result-heading">${
    headings.length === 0
      ? marked(hit.title, hit.highlights.title)
      : headings.map((heading, n) => html`${n === 0 ? null : ' › '}${heading}`)
  }</span><span class="result-text">${marked(hit.text, hit.highlights.text)}</span></a>`
}

/** A text with its highlights, in order, marked; those beyond its end are left out. */
function marked(text: string, highlights: readonly Highlight[]): Html[] {
  const parts: Html[] = []
  let at = 0
  for (const [start, end] of highlights) {
    if (start < at || end > text.length || end <= start) continue
    parts.push(html`${text.slice(at, start)}<mark>${text.slice(start, end)}</mark>`)
    at = end
  }
  return [...parts, html`${text.slice(at)}`]
}

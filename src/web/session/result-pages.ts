import type {SearchResult} from '../../../packages/client/src/index.ts'
import type {Highlight} from '../../domain/index.ts'
import {headWordsOf} from '../../lib/cut.ts'
import {decodedPath} from '../../lib/url-path.ts'

/** Results of one page together. */
export interface ResultPage {
  readonly title: string
  readonly titleHighlights: readonly Highlight[]
  /** Folders of the site above the page, outermost first; empty for one at its root. */
  readonly folders: readonly string[]
  /** Best first, with their places in the whole list. */
  readonly results: readonly (SearchResult & {readonly index: number})[]
}

/** The results by page, each page at the place of its best one. */
export function resultPages(results: readonly SearchResult[]): ResultPage[] {
  const groups = new Map<string, SearchResult[]>()
  for (const result of results) {
    const group = groups.get(result.url)
    if (group === undefined) groups.set(result.url, [result])
    else group.push(result)
  }
  let index = 0
  return [...groups.values()].map((group) => ({
    title: group[0]!.title,
    titleHighlights: group[0]!.highlights?.title ?? [],
    folders: foldersOf(group[0]!.url),
    results: group.map((result) => ({...result, index: index++})),
  }))
}

/** Headings of a result below the title of its page, with their highlights; none for the page's beginning. */
export function headingsBelow({title, headings, highlights}: SearchResult): {
  readonly words: string
  readonly highlights: readonly Highlight[]
}[] {
  return headings
    .map((words, i) => ({words, highlights: highlights?.headings[i] ?? []}))
    .filter(({words}, i) => i > 0 || words !== title)
}

/** The folders in the address of a page; a `/docs` at its beginning says nothing. */
function foldersOf(url: string): string[] {
  // The router of some sites keeps the page after `#/`.
  const path = url.includes('#/') ? url.slice(url.indexOf('#/') + 1) : url.replace(/^[a-z]+:\/\/[^/]*/i, '')
  const parts = path
    .replace(/[?#].*$/, '')
    .replace(/^\/docs\//, '/')
    .replace(/\/(index(\.\w+)?)?$/, '')
    .split('/')
    .filter(Boolean)
  return parts.slice(0, -1).map(decodedPath)
}

/** Most characters of an excerpt in a list; two lines of a wide one. */
const maxSnippetChars = 190
/** Most characters before the first match: in a narrow list two lines hold about twice as many. */
const maxBefore = 50

/** What of a text is shown with its highlights: from shortly before the first one, with an ellipsis at each cut. */
export function snippetOf(
  text: string,
  highlights: readonly Highlight[] = [],
): {readonly text: string; readonly highlights: readonly Highlight[]} {
  const first = highlights[0]?.[0] ?? 0
  const space = first > maxBefore ? text.slice(first - maxBefore, first).search(/\s/) : -1
  const from = first <= maxBefore ? 0 : space < 0 ? first : first - maxBefore + space + 1
  const lead = from > 0 ? '…' : ''
  const rest = text.slice(from)
  const head = headWordsOf(rest, maxSnippetChars)
  const shift = lead.length - from
  return {
    text: `${lead}${head}${head.length < rest.length ? '…' : ''}`,
    highlights: highlights.flatMap(([start, end]): Highlight[] =>
      end - from > head.length ? [] : [[start + shift, end + shift]],
    ),
  }
}

import {escapedMarkdown} from '../../../lib/citation-links.ts'
import type {SearchHit} from '../../../retrieval/index.ts'
import type {PageLookup} from '../../../search-index/index.ts'
import {codeSpan, literal} from '../../../text/literal-markdown.ts'
import {markdownRouteOf} from '../docs-lookup.ts'
import {inLink} from './llms-text.ts'
import {oneLine} from './twin.ts'

export interface MissingOptions {
  /** The route that no page has, decoded. */
  readonly route: string
  /** What the search finds for its words, best first. */
  readonly hits: readonly SearchHit[]
  /** Where this server is reached, without a slash at the end. */
  readonly base: string
  readonly pages: PageLookup
}

const maxRoute = 200
const maxName = 200
const maxText = 300

/** That a route has no page, with the nearest ones as Markdown, and where the list of all is. */
export function missingMarkdown({route, hits, base, pages}: MissingOptions): string {
  const lines = hits.map(({path, url, anchor, title, headings, text}) => {
    const page = pages.pageByPath(path)
    const address = page === null ? url : base + markdownRouteOf(pages, page)
    const name = [title, ...headings].map((part) => oneLine(part, maxName)).join(' › ')
    const link = `[${escapedMarkdown(name)}](${inLink(anchor === '' ? address : `${address}#${anchor}`)})`
    const words = oneLine(text, maxText)
    return words === '' ? `- ${link}` : `- ${link}: ${literal(words)}`
  })
  const parts = [
    '# Not found',
    `The docs have no page at ${codeSpan(oneLine(route, maxRoute))}.`,
    ...(lines.length === 0 ? [] : [`The nearest pages:\n\n${lines.join('\n')}`]),
    `All pages: <${base}/llms.txt>`,
  ]
  return `${parts.join('\n\n')}\n`
}

import type {AnswerSnapshot} from '../../../answers/index.ts'
import {escapedMarkdown, withCitationLinks} from '../../../lib/citation-links.ts'
import {sectionAddress} from '../../../lib/section-address.ts'
import {literal} from '../../../text/literal-markdown.ts'
import {abstentionMarkdown} from '../../answers/ending-words.ts'
import {inLink} from './llms-text.ts'
import {oneLine} from './twin.ts'

export interface AnswerMarkdownOptions {
  /** Where this server is reached, without a slash at the end. */
  readonly base: string
  /** The language that was asked for, BCP 47; null for that of the question. */
  readonly lang: string | null
  /** Where the page of a source is as Markdown; null where the docs have it no longer. */
  readonly markdownOf: (url: string) => string | null
}

const maxName = 200

/** An answer as a text with numbered links to the sources that it cites, and a list of these; an abstention in words. */
export function answerMarkdown(
  snapshot: AnswerSnapshot,
  {base, lang, markdownOf}: AnswerMarkdownOptions,
): string {
  const absolute = (url: string): string => (url.startsWith('/') ? base + url : url)
  const {question, text, citations, abstained, nearest, error} = snapshot
  if (abstained) {
    const links = nearest.map((link) => ({...link, url: absolute(link.url)}))
    return `${abstentionMarkdown({question, lang}, links)}\n`
  }
  const addresses = new Map(
    snapshot.sources.map((source) => [source.n, inLink(absolute(sectionAddress(source)))]),
  )
  const linked = withCitationLinks(text, citations, (n) => addresses.get(n) ?? null)
  const cited = snapshot.sources.filter(({n}) => citations.some((citation) => citation.n === n))
  const list = cited.map(({n, title, headings, url}) => {
    const name = [title, ...headings].map((part) => oneLine(part, maxName)).join(' › ')
    const twin = markdownOf(url)
    const asMarkdown = twin === null ? '' : ` ([Markdown](${inLink(twin)}))`
    return `${n}. [${escapedMarkdown(name)}](${addresses.get(n)!})${asMarkdown}`
  })
  const parts = [
    linked.trimEnd(),
    ...(error === null ? [] : [literal(error.message)]),
    ...(list.length === 0 ? [] : [`## Sources\n\n${list.join('\n')}`]),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

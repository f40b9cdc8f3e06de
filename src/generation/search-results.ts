import type {SearchResultBlockParam, TextBlockParam} from '@anthropic-ai/sdk/resources/messages'
import type {RetrievedSource} from '../domain/index.ts'
import {sectionAddress} from '../lib/section-address.ts'
import {literal} from '../text/literal-markdown.ts'
import {citedText, type SentBlock, withoutSpaces} from './cited-text.ts'
import {likelyQuotation, quotationIn} from './quotation.ts'

/**
 * The search results of one request, in the order in which the API numbers them: every block of every message, also
 * inside tool results.
 */
export interface SearchResults {
  /** Registers a source and returns its block. Call in the order of the blocks in the request. */
  add(source: QuotableSource): SearchResultBlockParam
  /** Whether a source with this number was sent. */
  has(n: number): boolean
  /** Whether this is the address of the source with this number, or of its page. */
  isAddressOf(n: number, address: string): boolean
  /** Whether a source that was sent contains this text. */
  contain(text: string): boolean
  /**
   * The source that a citation cites, and the quote as the section has it, without markup; null where it is of headings
   * alone. Null if no such source was sent or it does not contain the text.
   */
  cited(citation: CitedLocation): {readonly n: number; readonly quote: string | null} | null
  /** The text of the source with this number that most likely supports a claim; null where there is none. */
  quoteFor(n: number, claim: string): string | null
}

export interface CitedLocation {
  readonly type?: unknown
  readonly search_result_index?: unknown
  readonly source?: unknown
  readonly cited_text?: unknown
}

/** A source, and the blocks that can be cited from it. */
export interface QuotableSource {
  readonly source: RetrievedSource
  /** Never empty. */
  readonly blocks: readonly SentBlock[]
}

/** Maximum number of text blocks of a source; the last one has the rest. */
const maxTextBlocks = 60

export function searchResults(): SearchResults {
  const sent: SentSource[] = []
  return {
    add({source, blocks}) {
      const name = nameOf(source)
      sent.push({name, blocks, source})
      return {
        type: 'search_result',
        source: name,
        title: [source.title, ...source.headings].join(' › ') || name,
        content: blocks.map(({markdown}): TextBlockParam => ({type: 'text', text: markdown})),
        // All or none of a request's results must have it.
        citations: {enabled: true},
      }
    },
    has: (n) => sent.some(({source}) => source.n === n),
    isAddressOf: (n, address) =>
      sent.some(({source}) => source.n === n && pageOf(address) === pageOf(source.url)),
    contain: (text) =>
      sent.some(
        ({source, blocks}) =>
          source.text.includes(text) || blocks.some(({markdown}) => markdown.includes(text)),
      ),
    cited({type, search_result_index: index, source, cited_text: text}) {
      if (type !== 'search_result_location' || typeof text !== 'string' || withoutSpaces(text) === '')
        return null
      const atIndex = typeof index === 'number' ? sent[index] : undefined
      // A gateway that counts in another way still has the source's name; without either the source is unknown.
      const cited = typeof source === 'string' && source !== '' ? source : null
      const results =
        atIndex && (cited === null || atIndex.name === cited)
          ? [atIndex]
          : sent.filter(({name}) => cited !== null && name === cited)
      const result = results.find((one) => containsQuote(one, text))
      return result
        ? {n: result.source.n, quote: quotationIn(result.source, citedText(result.blocks, text))}
        : null
    },
    quoteFor(n, claim) {
      const source = sent.find((one) => one.source.n === n)?.source
      return source === undefined ? null : likelyQuotation(source, claim)
    },
  }
}

interface SentSource extends QuotableSource {
  readonly name: string
}

/** Whether the quote is in the blocks that were sent, or in the section's text. */
function containsQuote({blocks, source}: QuotableSource, quote: string): boolean {
  const words = withoutSpaces(quote)
  return [blocks.map(({markdown}) => markdown).join('\n'), source.text].some((text) =>
    withoutSpaces(text).includes(words),
  )
}

function nameOf({url, anchor}: RetrievedSource): string {
  return sectionAddress({url, anchor})
}

/** An address without its fragment, or the title that may follow it in a link. */
function pageOf(address: string): string {
  return address.trim().replace(/[\s#].*$/s, '')
}

/** A source with its blocks, in order: its title and headings, then one for each sentence, item, step, table and code block. */
export function quotableSource(source: RetrievedSource): QuotableSource {
  const headings = headingsOf(source)
  const own = sentBlocksOf(source)
  return {
    source,
    blocks: [
      ...(headings === '' ? [] : [{markdown: headings, text: ''}]),
      // A source without quotable text, as a single image, still needs one block that is not empty.
      ...(own.length > 0 ? own : [asBlock(source.text.trim() || source.title || source.url)]),
    ],
  }
}

/** Title and headings above the section's text. */
function headingsOf({title, headings}: RetrievedSource): string {
  return [title, ...headings]
    .map((heading) => heading.replace(/\s+/g, ' ').trim())
    .flatMap((heading, above) =>
      heading === '' ? [] : [`${'#'.repeat(Math.min(6, above + 1))} ${literal(heading)}`],
    )
    .join('\n')
}

function asBlock(text: string): SentBlock {
  return {markdown: text, text}
}

/** A block is the smallest thing that can be cited, so small ones make precise citations. */
function sentBlocksOf({blocks}: RetrievedSource): SentBlock[] {
  let heading = ''
  const sent = blocks.flatMap((block): SentBlock[] => {
    const isNew = block.heading !== heading && block.heading !== ''
    heading = block.heading
    const name = isNew ? [{markdown: `**${literal(heading)}**`, text: heading}] : []
    if (block.kind !== 'table') return [...name, ...block.units]
    const {tableHead, tableHeadText, units} = block
    const markdown = [tableHead, ...units.map((unit) => unit.markdown)].join('\n')
    return [...name, {markdown, text: [tableHeadText, ...units.map(({text}) => text)].join('\n')}]
  })
  return bounded(sent.filter(({markdown}) => markdown.trim() !== ''))
}

/** At most `maxTextBlocks` blocks: those beyond are joined into the last one. */
function bounded(blocks: readonly SentBlock[]): SentBlock[] {
  if (blocks.length <= maxTextBlocks) return [...blocks]
  const rest = blocks.slice(maxTextBlocks - 1)
  return [
    ...blocks.slice(0, maxTextBlocks - 1),
    {
      markdown: rest.map(({markdown}) => markdown).join('\n\n'),
      text: rest.map(({text}) => text).join('\n'),
    },
  ]
}

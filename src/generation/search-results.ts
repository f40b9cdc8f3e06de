import type {SearchResultBlockParam, TextBlockParam} from '@anthropic-ai/sdk/resources/messages'
import type {RetrievedSource} from '../domain/index.ts'
import {literal} from '../text/literal-markdown.ts'
import {citedWords, type SentBlock, spaceless} from './cited-words.ts'
import {likelyQuotation, quotationIn} from './quotation.ts'

/**
 * The search results of one request, in the order in which the API counts them: every block of every message,
 * those inside tool results included.
 */
export interface SearchResults {
  /** The source as a block to send, counted. Call in the order in which the blocks stand in the request. */
  add(source: QuotableSource): SearchResultBlockParam
  /** Whether a source of this number was sent. */
  has(n: number): boolean
  /** Whether this is the address of the source of that number, or of its page. */
  isAddressOf(n: number, address: string): boolean
  /** Whether a source that was sent has these very words. */
  say(words: string): boolean
  /**
   * What a citation cites, if it holds: a source that was sent, and words that stand in it. The quote is these words as
   * the section has them, without marks; null where they are its headings alone. Null if it does not hold.
   */
  cited(citation: CitedLocation): {readonly n: number; readonly quote: string | null} | null
  /** The words of the source of that number that a claim rests on most likely; null where none are telling. */
  quoteFor(n: number, claim: string): string | null
}

export interface CitedLocation {
  readonly type?: unknown
  readonly search_result_index?: unknown
  readonly source?: unknown
  readonly cited_text?: unknown
}

/** A source, and the pieces of it that can be cited. */
export interface QuotableSource {
  readonly source: RetrievedSource
  /** Never empty. */
  readonly blocks: readonly SentBlock[]
}

/** The API takes only so many text blocks in reason; what is left goes into the last one. */
const maxTextBlocks = 60

export function searchResults(): SearchResults {
  const sent: Sent[] = []
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
    say: (words) =>
      sent.some(
        ({source, blocks}) =>
          source.text.includes(words) || blocks.some(({markdown}) => markdown.includes(words)),
      ),
    cited({type, search_result_index: index, source, cited_text: text}) {
      if (type !== 'search_result_location' || typeof text !== 'string' || spaceless(text) === '') return null
      const atIndex = typeof index === 'number' ? sent[index] : undefined
      // A gateway that counts otherwise still says the source's name; without either there is no telling.
      const named = typeof source === 'string' && source !== '' ? source : null
      const results =
        atIndex && (named === null || atIndex.name === named)
          ? [atIndex]
          : sent.filter(({name}) => named !== null && name === named)
      const result = results.find((one) => holds(one, text))
      return result
        ? {n: result.source.n, quote: quotationIn(result.source, citedWords(result.blocks, text))}
        : null
    },
    quoteFor(n, claim) {
      const source = sent.find((one) => one.source.n === n)?.source
      return source === undefined ? null : likelyQuotation(source, claim)
    },
  }
}

interface Sent extends QuotableSource {
  readonly name: string
}

/** Whether the words stand in what was sent, or in the section as it is read. */
function holds({blocks, source}: QuotableSource, quote: string): boolean {
  const words = spaceless(quote)
  return [blocks.map(({markdown}) => markdown).join('\n'), source.text].some((text) =>
    spaceless(text).includes(words),
  )
}

function nameOf({url, anchor}: RetrievedSource): string {
  return anchor === '' ? url : `${url}#${anchor}`
}

/** An address without its fragment; a title may follow it in a link. */
function pageOf(address: string): string {
  return address.trim().replace(/[\s#].*$/s, '')
}

/** A source with its pieces, in order: its title and headings, then one for each sentence, item, step, table and code block. */
export function quotableSource(source: RetrievedSource): QuotableSource {
  const headings = headingsOf(source)
  const own = sentBlocksOf(source)
  return {
    source,
    blocks: [
      ...(headings === '' ? [] : [{markdown: headings, text: ''}]),
      // A source without quotable text, as a lone image, still needs one block that is not empty.
      ...(own.length > 0 ? own : [asBlock(source.text.trim() || source.title || source.url)]),
    ],
  }
}

/** Title and headings as they stand over the section's text. */
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

/** The block is the smallest thing that can be cited, so small ones make fine citations. */
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

/** The blocks, those beyond the most in one with the last that fits. */
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

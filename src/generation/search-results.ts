import type {SearchResultBlockParam, TextBlockParam} from '@anthropic-ai/sdk/resources/messages'
import type {RetrievedSource} from '../domain/index.ts'
import {TwoGenerationCache} from '../lib/two-generation-cache.ts'
import {inTurns} from './in-turns.ts'
import {literal} from './literal-markdown.ts'
import {quotableBlocks} from './quotable-blocks.ts'
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
  readonly content: TextBlockParam[]
}

/** The API takes only so many text blocks in reason; what is left goes into the last one. */
const maxTextBlocks = 60

export function searchResults(): SearchResults {
  const sent: Sent[] = []
  return {
    add({source, content}) {
      const name = nameOf(source)
      sent.push({name, content, source})
      return {
        type: 'search_result',
        source: name,
        title: [source.title, ...source.headings].join(' › ') || name,
        content,
        // All or none of a request's results must have it.
        citations: {enabled: true},
      }
    },
    has: (n) => sent.some(({source}) => source.n === n),
    isAddressOf: (n, address) =>
      sent.some(({source}) => source.n === n && pageOf(address) === pageOf(source.url)),
    say: (words) => sent.some(({source}) => source.markdown.includes(words) || source.text.includes(words)),
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
        ? {n: result.source.n, quote: quotationIn(result.source, wordsOf(result.source, text))}
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

/** Whether the words stand in what was sent, or in the page as it is. Worked out when asked: kept, it would be as much again. */
function holds({content, source}: QuotableSource, quote: string): boolean {
  const words = spaceless(quote)
  return [content.map(({text}) => text).join('\n'), source.text, source.markdown].some((text) =>
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

/** Pieces of the sections that are asked about most, by their Markdown; weighed in characters. */
const known = new TwoGenerationCache<string, TextBlockParam[]>(4_000_000, (content) =>
  content.reduce((sum, {text}) => sum + 2 * text.length, 100),
)

/**
 * Each source with its pieces, in order. Half a millisecond for each thousand characters, the first time that a
 * section is seen.
 */
export async function quotableSources(
  sources: readonly RetrievedSource[],
  signal: AbortSignal,
): Promise<QuotableSource[]> {
  const unknown = sources.filter(({markdown}) => known.get(markdown) === undefined)
  const fresh = await inTurns(unknown, textBlocksOf, signal)
  for (const [index, {markdown}] of unknown.entries()) known.set(markdown, fresh[index]!)
  return sources.map((source) => {
    const content = known.get(source.markdown) ?? textBlocksOf(source)
    const headings = headingsOf(source)
    return {
      source,
      content: [
        ...(headings === '' ? [] : [textBlock(headings)]),
        // A source without quotable text, as a lone image, still needs one block that is not empty.
        ...(content.length > 0 ? content : [textBlock(source.text.trim() || source.title || source.url)]),
      ],
    }
  })
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

function textBlock(text: string): TextBlockParam {
  return {type: 'text', text}
}

/**
 * One text block for each sentence, list, table or code block: the block is the smallest thing that can be
 * cited, so small ones make fine citations.
 */
function textBlocksOf({markdown}: RetrievedSource): TextBlockParam[] {
  let heading = ''
  const texts = quotableBlocks(markdown).flatMap(({kind, units, head, under}) => {
    const name = under === heading || under === '' ? [] : [`**${literal(under)}**`]
    heading = under
    const markdowns = units.map(({markdown}) => markdown)
    if (kind === 'table') return [...name, [head, ...markdowns].join('\n')]
    if (kind === 'steps') return [...name, ...markdowns.flatMap((markdown) => markdown.split(/\n(?=\d+\. )/))]
    return [...name, ...markdowns]
  })
  const whole = texts.filter((text) => text.trim() !== '')
  const blocks = whole.slice(0, maxTextBlocks)
  if (whole.length > maxTextBlocks) {
    blocks[maxTextBlocks - 1] = whole.slice(maxTextBlocks - 1).join('\n\n')
  }
  return blocks.map(textBlock)
}

/** The visible words of a piece that was cited, without the headings that every source begins with. */
function wordsOf(source: RetrievedSource, cited: string): string {
  let heading = ''
  return quotableBlocks(withoutHeadings(source, cited))
    .flatMap(({units, headPlain, under}) => {
      const name = under === heading ? '' : under
      heading = under
      return [name, headPlain, ...units.map(({plain}) => plain)]
    })
    .join('\n')
}

/** What is cited behind the headings that a source begins with: all of them, or the last ones. */
function withoutHeadings(source: RetrievedSource, cited: string): string {
  const lines = headingsOf(source).split('\n')
  const above = lines
    .map((_, from) => lines.slice(from).join('\n'))
    .find((headings) => headings !== '' && cited.startsWith(headings))
  return above === undefined ? cited : cited.slice(above.length)
}

/** Words alone: white space differs between a page, its blocks and a quote that joins two of them. */
function spaceless(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '')
}

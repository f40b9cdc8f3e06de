import type {SearchResultBlockParam, TextBlockParam} from '@anthropic-ai/sdk/resources/messages'
import type {RetrievedSource} from '../domain/index.ts'
import {blocksOf} from './quotable-blocks.ts'

/**
 * The search results of one request, in the order in which the API counts them: every block of every message,
 * those inside tool results included.
 */
export interface SearchResults {
  /** The source as a block to send, counted. Call in the order in which the blocks stand in the request. */
  add(source: RetrievedSource): SearchResultBlockParam
  /** Whether a source of this number was sent. */
  has(n: number): boolean
  /** What a citation cites, if it holds: a source that was sent, and words that stand in it. Null if not. */
  cited(citation: CitedLocation): {readonly n: number; readonly quote: string} | null
}

export interface CitedLocation {
  readonly type?: unknown
  readonly search_result_index?: unknown
  readonly source?: unknown
  readonly cited_text?: unknown
}

/** Longest quote passed on, in UTF-16 units. */
const maxQuoteLength = 600
/** The API takes only so many text blocks in reason; what is left goes into the last one. */
const maxTextBlocks = 60

export function searchResults(): SearchResults {
  const sent: Sent[] = []
  return {
    add(source) {
      const name = nameOf(source)
      const content = textBlocksOf(source)
      sent.push({n: source.n, name, content, source})
      return {
        type: 'search_result',
        source: name,
        title: [source.title, ...source.headings].join(' › ') || name,
        content,
        // All or none of a request's results must have it.
        citations: {enabled: true},
      }
    },
    has: (n) => sent.some((result) => result.n === n),
    cited({type, search_result_index: index, source, cited_text: text}) {
      if (type !== 'search_result_location' || typeof text !== 'string' || spaceless(text) === '') return null
      const atIndex = typeof index === 'number' ? sent[index] : undefined
      // A gateway that counts otherwise still says the source's name; without either there is no telling.
      const named = typeof source === 'string' && source !== '' ? source : null
      const result =
        atIndex && (named === null || atIndex.name === named)
          ? atIndex
          : sent.find(({name}) => named !== null && name === named)
      if (result === undefined || !holds(result, text)) return null
      return {n: result.n, quote: shortened(text.replace(/\s+/g, ' ').trim())}
    },
  }
}

interface Sent {
  readonly n: number
  readonly name: string
  readonly content: readonly TextBlockParam[]
  readonly source: RetrievedSource
}

/** Whether the words stand in what was sent, or in the page as it is. Worked out when asked: kept, it would be as much again. */
function holds({content, source}: Sent, quote: string): boolean {
  const words = spaceless(quote)
  return [content.map(({text}) => text).join('\n'), source.text, source.markdown].some((text) =>
    spaceless(text).includes(words),
  )
}

function nameOf({url, anchor}: RetrievedSource): string {
  return anchor === '' ? url : `${url}#${anchor}`
}

/**
 * One text block for each sentence, list, table or code block: the block is the smallest thing that can be
 * cited, so small ones make fine citations.
 */
export function textBlocksOf(source: RetrievedSource): TextBlockParam[] {
  const texts = blocksOf(source).flatMap(({kind, units, head}) => {
    const markdowns = units.map(({markdown}) => markdown)
    if (kind === 'table') return [[head, ...markdowns].join('\n')]
    if (kind === 'steps') return markdowns.flatMap((markdown) => markdown.split(/\n(?=\d+\. )/))
    return markdowns
  })
  const whole = texts.filter((text) => text.trim() !== '')
  // A source without quotable text, as a lone image, still needs one block that is not empty.
  if (whole.length === 0) return [{type: 'text', text: source.text.trim() || source.title || source.url}]
  const blocks = whole.slice(0, maxTextBlocks)
  if (whole.length > maxTextBlocks) {
    blocks[maxTextBlocks - 1] = whole.slice(maxTextBlocks - 1).join('\n\n')
  }
  return blocks.map((text) => ({type: 'text', text}))
}

/** Words alone: white space differs between a page, its blocks and a quote that joins two of them. */
function spaceless(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '')
}

function shortened(text: string): string {
  if (text.length <= maxQuoteLength) return text
  return `${text
    .slice(0, maxQuoteLength)
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/\s+\S*$/, '')}…`
}

import {shortened} from '../../lib/cut.ts'
import type {Citation} from './answer-state.ts'

/** What an answer quotes of a source, in the order of the claims that it supports. */
export function quotesOf({n}: {readonly n: number}, citations: readonly Citation[]): readonly string[] {
  return distinctQuotes(citations.filter((citation) => citation.n === n))
}

/** Maximum length of the text, in UTF-16 units. */
const maxChars = 600

/**
 * What citations of one source quote, as plain text in the order of the claims they support, separated by `…`. Empty
 * when none of them has a quote, as from a model that writes its own markers or in an answer of an old server.
 */
export function quotedText(citations: readonly Citation[]): string {
  const quotes = distinctQuotes(citations)
  // Quotes of code are on lines of their own.
  const gap = quotes.some((quote) => quote.includes('\n')) ? '\n…\n' : ' … '
  // When the cut is behind a gap, one ellipsis is enough.
  return shortened(quotes.join(gap), maxChars).replace(/[\s…]{2,}$/, '…')
}

/** What the citations quote, in the order of their claims, without what another of them contains. */
export function distinctQuotes(citations: readonly Citation[]): readonly string[] {
  return [...citations]
    .sort((a, b) => a.start - b.start)
    .map(({quote = ''}) => quote.trim())
    .filter((quote, i, all) => quote !== '' && !isCovered(quote, i, all))
}

/** Whether another quote contains this one. */
function isCovered(quote: string, at: number, quotes: readonly string[]): boolean {
  return quotes.some((other, i) => i !== at && other.includes(quote) && (other !== quote || i < at))
}

import {shortened} from '../../lib/cut.ts'
import type {Citation} from './answer-state.ts'

/** Longest text of quotes that is shown at once, in UTF-16 units. */
const maxChars = 600

/**
 * The words that citations of one source quote, as plain text in the order of the claims they carry; `…` stands between
 * two quotes. Empty where none of them quotes: a model that writes its own marks, an answer kept by an old server.
 */
export function quotedWords(citations: readonly Citation[]): string {
  const quotes = [...citations]
    .sort((a, b) => a.start - b.start)
    .map(({quote = ''}) => quote.trim())
    .filter((quote, i, all) => quote !== '' && !isSaidBeside(quote, i, all))
  // Code stands on lines of its own.
  const gap = quotes.some((quote) => quote.includes('\n')) ? '\n…\n' : ' … '
  // Cut behind a gap, one ellipsis says both.
  return shortened(quotes.join(gap), maxChars).replace(/[\s…]{2,}$/, '…')
}

/** Whether another quote has these words too. */
function isSaidBeside(quote: string, at: number, quotes: readonly string[]): boolean {
  return quotes.some((other, i) => i !== at && other.includes(quote) && (other !== quote || i < at))
}

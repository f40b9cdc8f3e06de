import {type Analysis, type Token, termsOf} from './terms.ts'

const partPattern = /\p{Lu}*(?:(?!\p{Lu})[\p{L}\p{M}\p{N}])+|\p{Lu}+/gu

/**
 * What of a word that has any of the terms they stand for: the whole word, or only some parts of an identifier or an
 * address, as `widget` of `example.com/widget.js`. Never empty.
 */
export function matchedParts(
  text: string,
  word: Token,
  terms: {has(term: string): boolean},
  analysis?: Analysis,
): Pick<Token, 'start' | 'end'>[] {
  if (terms.has(word.terms[0]!)) return [word]
  const parts = [...text.slice(word.start, word.end).matchAll(partPattern)]
    .filter(([part]) => termsOf(part, analysis).some((term) => terms.has(term)))
    .map(({0: part, index}) => ({start: word.start + index, end: word.start + index + part.length}))
  return parts.length === 0 ? [word] : parts
}

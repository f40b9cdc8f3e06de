import {matchedParts} from './matched-parts.ts'
import {type Analysis, fold, type Token, tokensOf} from './terms.ts'

/** What is marked in a text. */
export interface MarkedWords {
  /** Terms, as `termsOf` returns them, of words that are marked; of identifiers and addresses their parts alone. */
  readonly terms: ReadonlySet<string>
  /**
   * A beginning with the terms it stands for. Of every word that begins so, its letters are marked; a word of those
   * terms that does not is marked as a whole.
   */
  readonly beginning?: {readonly letters: string; readonly terms: ReadonlySet<string>} | null
  /** That of the texts. Default English. */
  readonly analysis?: Analysis
}

/** `[start, end)` of the marked words in UTF-16 units, in order, never touching or overlapping. */
export function marksOf(
  text: string,
  {terms, beginning, analysis}: MarkedWords,
): [start: number, end: number][] {
  const marks: [number, number][] = []
  const wholeGraphemes = wholeGraphemesOf(text)
  for (const token of tokensOf(text, analysis)) {
    for (const part of partsOf(token)) {
      const [start, end] = wholeGraphemes(part.start, part.end)
      const last = marks.at(-1)
      // Pairs of characters overlap in scripts without spaces.
      if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
      else marks.push([start, end])
    }
  }
  return marks

  function partsOf(token: Token): Range[] {
    if (token.terms.some((term) => terms.has(term))) return matchedParts(text, token, terms, analysis)
    const part = beginning ? beginningIn(text, token, beginning) : null
    return part === null ? [] : [part]
  }
}

type Range = Pick<Token, 'start' | 'end'>

function beginningIn(
  text: string,
  token: Token,
  {letters, terms}: NonNullable<MarkedWords['beginning']>,
): Range | null {
  const found = lettersIn(text.slice(token.start, token.end), letters)
  if (found !== null) return {start: token.start + found[0], end: token.start + found[1]}
  return token.terms.some((term) => terms.has(term)) ? token : null
}

const graphemes = new Intl.Segmenter('en', {granularity: 'grapheme'})

/** Extends ranges of a text to whole graphemes: a letter has its accents even where they are characters of their own. */
function wholeGraphemesOf(text: string): (start: number, end: number) => [start: number, end: number] {
  if (/^[\x00-\x7f]*$/.test(text)) return (start, end) => [start, end]
  const segments = graphemes.segment(text)
  return (start, end) => {
    const last = segments.containing(end - 1)
    return [segments.containing(start)?.index ?? start, last ? last.index + last.segment.length : end]
  }
}

const partStart = /(?<![\p{L}\p{N}])[\p{L}\p{N}]|(?<=[\p{Ll}\p{N}])\p{Lu}/gu

/** Where a word, or a part of an identifier, begins with these letters; null where none does. */
function lettersIn(word: string, letters: string): [from: number, to: number] | null {
  for (const {index} of word.matchAll(partStart)) {
    let rest = letters
    let at = index
    for (const character of word.slice(index)) {
      if (rest === '') break
      at += character.length
      if (!/[\p{L}\p{N}\p{M}]/u.test(character)) continue
      const folded = fold(character.normalize('NFKC'))
      // A letter may be folded to two, of which one was typed.
      if (!rest.startsWith(folded) && !folded.startsWith(rest)) {
        at = -1
        break
      }
      rest = rest.slice(folded.length)
    }
    if (at >= 0 && rest === '') return [index, at]
  }
  return null
}

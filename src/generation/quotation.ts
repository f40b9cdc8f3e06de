import type {CitationEvent, RetrievedSource} from '../domain/index.ts'
import {headWordsOf} from '../lib/cut.ts'
import {bestExcerptOf} from '../text/best-excerpt.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {termsOf} from '../text/terms.ts'

/** Longest quote that goes with a citation, in UTF-16 units. */
export const maxQuoteLength = 600

/** A citation with its quote, where there is one. */
export function citationOf(
  cited: Omit<CitationEvent, 'type' | 'quote'>,
  quote: string | null,
): CitationEvent {
  const {n, start, end} = cited
  return {type: 'citation', n, start, end, ...(quote === null ? {} : {quote})}
}

/** A text's letters and digits in small letters, and where in the text each of them stands. */
interface Letters {
  readonly letters: string
  readonly offsets: readonly number[]
}

const known = new WeakMap<RetrievedSource, Letters>()

/**
 * What of these visible words stands in the source, as it stands there: `source.text` from the first of them to the
 * last. Compared are letters and digits, since marks and white space differ between a page and what is made of it. Of
 * words that something in the source stands between, as a picture, the longest part from the beginning of a line on.
 * Null for none.
 *
 * @param maxLength in UTF-16 units; default 600. What is longer is cut between words.
 */
export function quotationIn(
  source: RetrievedSource,
  words: string,
  maxLength: number = maxQuoteLength,
): string | null {
  const {letters, offsets} = lettersOfSource(source)
  const standing = longestStanding(letters, words)
  if (standing === '') return null
  const at = letters.indexOf(standing)
  const {length} = standing
  const {text} = source
  let start = offsets[at]!
  const last = offsets[at + length - 1]!
  let end = last + (text.codePointAt(last)! > 0xffff ? 2 : 1)
  // A model may cite half a word.
  while (start > 0 && ofWords.test(text[start]!) && ofWords.test(text[start - 1]!)) start--
  while (end < text.length && ofWords.test(text[end - 1]!) && ofWords.test(text[end]!)) end++
  while (start > 0 && opens.test(text[start - 1]!)) start--
  while (end < text.length && closes.test(text[end]!)) end++
  return headWordsOf(text.slice(start, end), maxLength).trim() || null
}

/** Letters of scripts that put spaces between words. */
const ofWords =
  /[\p{N}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]/u
/** Marks that belong to the word behind them: a bracket, a dollar sign, a hyphen; none that ends what is before. */
const opens = /[^\s\p{L}\p{N}\p{Pe}\p{Pf},;:!?。！？、，；：]/u
/** Marks that belong to the word before them. */
const closes = /[^\s\p{L}\p{N}\p{Ps}\p{Pi}]/u

/** Fewer words than these, where not all of them stand, were met by chance. */
const fewestWords = 3

/** The letters of the words where all of them stand in a row in these, else of the longest part that begins with a line. */
function longestStanding(letters: string, words: string): string {
  const whole = lettersOf(words).letters
  if (letters.includes(whole)) return whole
  let longest = ''
  const lines = words.split('\n').slice(0, mostLines)
  for (let from = 0; from < lines.length; from++) {
    const part = lines.slice(from).join('\n')
    const standing = lettersOf(part).letters.slice(0, lengthStanding(letters, part))
    if (standing.length > longest.length) longest = standing
  }
  return longest
}

/** So many lines of a quote are tried to begin with. */
const mostLines = 60

/** How many letters of the words stand in a row in these, from the first to the end of some word: 0 for a few alone. */
function lengthStanding(letters: string, words: string): number {
  const ends: number[] = []
  let wanted = ''
  for (const word of words.split(/\s+/)) {
    const more = lettersOf(word).letters
    if (more === '') continue
    wanted += more
    ends.push(wanted.length)
  }
  // What stands in a row stands up to some word and no further.
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (letters.includes(wanted.slice(0, ends[middle - 1]))) low = middle
    else high = middle - 1
  }
  return low < fewestWords ? 0 : ends[low - 1]!
}

/**
 * The words of a source that a claim rests on most likely, for models that name a source without quoting it: the
 * sentences that hold most of the claim's telling words, and at least half of them. Null where there are none.
 */
export function likelyQuotation(source: RetrievedSource, claim: string): string | null {
  const terms = new Set(termsOf(claim).filter((term) => !isStopTerm(term)))
  if (terms.size === 0) return null
  const {text, weight} = bestExcerptOf(source.text, new Map([...terms].map((term) => [term, 1])))
  return weight * 2 < terms.size ? null : text.replace(/…$/, '')
}

function lettersOfSource(source: RetrievedSource): Letters {
  let letters = known.get(source)
  if (letters === undefined) {
    letters = lettersOf(source.text)
    known.set(source, letters)
  }
  return letters
}

function lettersOf(text: string): Letters {
  let letters = ''
  const offsets: number[] = []
  for (const {index, 0: run} of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    let at = index
    for (const char of run) {
      const small = char.toLowerCase()
      letters += small
      for (let unit = 0; unit < small.length; unit++) offsets.push(at)
      at += char.length
    }
  }
  return {letters, offsets}
}

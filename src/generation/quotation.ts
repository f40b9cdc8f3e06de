import type {CitationEvent, RetrievedSource} from '../domain/index.ts'
import {headWordsOf} from '../lib/cut.ts'
import {bestExcerptOf} from '../text/best-excerpt.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {termsOf} from '../text/terms.ts'

/** Longest quote of a citation, in UTF-16 units. */
export const maxQuoteLength = 600

/** A citation with its quote, where there is one. */
export function citationOf(
  cited: Omit<CitationEvent, 'type' | 'quote'>,
  quote: string | null,
): CitationEvent {
  const {n, start, end} = cited
  return {type: 'citation', n, start, end, ...(quote === null ? {} : {quote})}
}

/** A text's letters and digits in lower case, and the offset of each in the text. */
interface Letters {
  readonly letters: string
  readonly offsets: readonly number[]
}

const lettersBySource = new WeakMap<RetrievedSource, Letters>()

/**
 * The text of the source that has these visible words: `source.text` from the first of them to the last. Only letters and
 * digits are compared, since punctuation and white space differ between a page and what is made of it. Where something in
 * the source interrupts them, as an image, the longest part from the beginning of a line. Null where there is none.
 *
 * @param maxLength in UTF-16 units; default 600. A longer quote is cut between words.
 */
export function quotationIn(
  source: RetrievedSource,
  words: string,
  maxLength: number = maxQuoteLength,
): string | null {
  const {letters, offsets} = lettersOfSource(source)
  const match = longestMatch(letters, words)
  if (match === '') return null
  const {text} = source
  const at = placeOf(match, letters, ({from, to}) => isAtWords(text, offsets[from]!, offsets[to - 1]!))
  const {length} = match
  let start = offsets[at]!
  const last = offsets[at + length - 1]!
  let end = last + (text.codePointAt(last)! > 0xffff ? 2 : 1)
  // A model may cite a part of a word.
  while (start > 0 && spacedScript.test(text[start]!) && spacedScript.test(text[start - 1]!)) start--
  while (end < text.length && spacedScript.test(text[end - 1]!) && spacedScript.test(text[end]!)) end++
  while (start > 0 && opens.test(text[start - 1]!)) start--
  while (end < text.length && closes.test(text[end]!)) end++
  return headWordsOf(text.slice(start, end), maxLength).trim() || null
}

/** Occurrences of the same letters that are looked at. */
const maxOccurrences = 100

/** The first place of the match where it begins and ends with words, or else its first place. */
function placeOf(
  match: string,
  letters: string,
  isWhole: (place: {readonly from: number; readonly to: number}) => boolean,
): number {
  const first = letters.indexOf(match)
  let at = first
  for (let tried = 0; at >= 0 && tried < maxOccurrences; tried++) {
    if (isWhole({from: at, to: at + match.length})) return at
    at = letters.indexOf(match, at + 1)
  }
  return first
}

/** Whether a text from one character to another begins and ends with words. */
function isAtWords(text: string, first: number, last: number): boolean {
  const isWithin = (at: number): boolean =>
    at > 0 && spacedScript.test(text[at - 1] ?? '') && spacedScript.test(text[at] ?? '')
  return !isWithin(first) && !isWithin(last + 1)
}

/** Letters of scripts with spaces between words. */
const spacedScript =
  /[\p{N}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]/u
/** Punctuation that belongs to the word after it: a bracket, a dollar sign, a hyphen; none that ends what is before. */
const opens = /[^\s\p{L}\p{N}\p{Pe}\p{Pf},;:!?。！？、，；：]/u
/** Punctuation that belongs to the word before it. */
const closes = /[^\s\p{L}\p{N}\p{Ps}\p{Pi}]/u

/** A partial match of fewer words is a coincidence. */
const minWords = 3

/** The letters of the words where `letters` contains all of them in a row, else of the longest part that begins with a line. */
function longestMatch(letters: string, words: string): string {
  const whole = lettersOf(words).letters
  if (letters.includes(whole)) return whole
  let longest = ''
  const lines = words.split('\n').slice(0, maxLines)
  for (let from = 0; from < lines.length; from++) {
    const part = lines.slice(from).join('\n')
    const match = lettersOf(part).letters.slice(0, matchLength(letters, part))
    if (match.length > longest.length) longest = match
  }
  return longest
}

/** Maximum number of lines of a quote that a match is tried from. */
const maxLines = 60

/** How many letters of the words `letters` contains in a row, from the first to the end of a word; 0 below `minWords`. */
function matchLength(letters: string, words: string): number {
  const ends: number[] = []
  let prefix = ''
  for (const word of words.split(/\s+/)) {
    const more = lettersOf(word).letters
    if (more === '') continue
    prefix += more
    ends.push(prefix.length)
  }
  // Binary search: a prefix matches up to some word, and no longer one does.
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (letters.includes(prefix.slice(0, ends[middle - 1]))) low = middle
    else high = middle - 1
  }
  return low < minWords ? 0 : ends[low - 1]!
}

/**
 * The text of a source that most likely supports a claim, for models that name a source without quoting it: the sentences
 * with most of the claim's content words, and at least half of them. Null where there are none.
 */
export function likelyQuotation(source: RetrievedSource, claim: string): string | null {
  const terms = new Set(termsOf(claim).filter((term) => !isStopTerm(term)))
  if (terms.size === 0) return null
  const {text, weight} = bestExcerptOf(source.text, new Map([...terms].map((term) => [term, 1])))
  return weight * 2 < terms.size ? null : text.replace(/…$/, '')
}

function lettersOfSource(source: RetrievedSource): Letters {
  let letters = lettersBySource.get(source)
  if (letters === undefined) {
    letters = lettersOf(source.text)
    lettersBySource.set(source, letters)
  }
  return letters
}

function lettersOf(text: string): Letters {
  let letters = ''
  const offsets: number[] = []
  for (const {index, 0: run} of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    let at = index
    for (const char of run) {
      const lower = char.toLowerCase()
      letters += lower
      for (let unit = 0; unit < lower.length; unit++) offsets.push(at)
      at += char.length
    }
  }
  return {letters, offsets}
}

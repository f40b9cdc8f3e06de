import {stemmer} from 'stemmer'
import {WordTable} from './word-table.ts'

/** A word of a text and its search terms. */
export interface Token {
  /** `[start, end)` in UTF-16 units of the text. */
  readonly start: number
  readonly end: number
  /** Never empty. The whole word comes first, then its parts; no term twice. */
  readonly terms: readonly string[]
}

/** A word as a text spells it. Texts share the object, so that what is found out about a word is found out once. */
export interface SpelledWord {
  readonly spelling: string
  /** As those of a token. */
  readonly terms: readonly string[]
  /** Belongs to `contentWordIdOf`. */
  contentId?: number | null
}

/** How the words of a language become terms. `language-analysis.ts` has one for every language. */
export interface Analysis {
  /** Without region, as `de`. */
  readonly language: string
  /** A word as `stem` takes it: in lower case, with diacritics where endings are told by them. */
  readonly lower: (word: string) => string
  /** Such a word, or its stem, without diacritics. */
  readonly stem: (word: string) => string
  /** What is written together with a word and is none of it, as `l’` before it or `-il` behind it; null for none. */
  readonly clitics: RegExp | null
  /** What stands at the end of a run of letters without spaces, and is none of the word; null for none. */
  readonly particles: RegExp | null
  readonly words: WordTable<SpelledWord>
}

/** Maximum length of a term in UTF-16 units; longer words are cut, longer identifiers have only their parts as terms. */
export const maxTermLength = 64

/**
 * The terms of a text as in the word index: lower-cased, without diacritics, stemmed, identifiers whole and in
 * parts. Index and questions go through the same function, so it decides what can match.
 *
 * A term holds letters and digits only, so `dry-run`, `dryRun`, `dry_run` and `dryrun` share one. Scripts that
 * put no spaces between words yield pairs of characters. Takes time in proportion to the text's length.
 */
export function termsOf(text: string, analysis: Analysis = english): string[] {
  const terms: string[] = []
  visitWords(
    text,
    (word) => {
      for (const term of word.terms) terms.push(term)
    },
    analysis,
  )
  return terms
}

/** The same with positions, for highlights and phrases. */
export function tokensOf(text: string, analysis: Analysis = english): Token[] {
  const tokens: Token[] = []
  visitWords(text, ({terms}, start, end) => tokens.push({start, end, terms}), analysis)
  return tokens
}

// Marks belong to words (decomposed letters, Indic scripts), and so do the soft hyphen and the zero-width joiners.
const wordPattern = /[\p{L}\p{N}\p{M}_\u00ad\u200c\u200d]+/gu

/** What may join the parts of an identifier, at most two in a row: `a.b`, `a::b`, `a/b`, `a-b`, `a@b`, `a+b`, `a\b`, `it's`. */
const joinPattern = /^[-.:/@+\\'’]{1,2}$/

// Han, kana (with their length and voicing marks, which belong to no one script), Hangul, Thai, Lao, Khmer, Myanmar.
const unspacedLetters =
  '[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\u3099\\u309a\\u30fc\\uff70\\p{sc=Hang}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}]'
const unspaced = new RegExp(unspacedLetters, 'u')

/** Where a text has characters of scripts that put no spaces between words. */
export function unspacedRunsIn(text: string): {readonly start: number; readonly end: number}[] {
  return [...text.matchAll(unspacedRuns)].map(({index, 0: run}) => ({start: index, end: index + run.length}))
}

/** Whether a term is of a script without spaces: a pair of its characters, or one alone. */
export function isPair(term: string): boolean {
  return unspaced.test(term)
}

const unspacedRuns = new RegExp(`${unspacedLetters}+`, 'gu')

// Two small letters after the second capital, so that `APIs` and `IDs` stay whole.
const caseBoundary = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll}{2})/u

// The role of an ASCII character: part of a word, joiner of two parts, or neither (0).
const partOfWord = 1
const joiner = 2
const roles = Uint8Array.from({length: 128}, (_, code) => {
  const character = String.fromCharCode(code)
  return /\w/.test(character) ? partOfWord : joinPattern.test(character) ? joiner : 0
})

type Visit = (word: SpelledWord, start: number, end: number) => void

/**
 * Calls `visit` with every word of a text, in order, and where it stands, as `tokensOf` has them. The same spelling is
 * mostly the same object.
 *
 * White space ends every word, so a text is processed in stretches without it: ASCII stretches, nearly all in most
 * docs, by character codes, others by Unicode patterns, which cost several times as much.
 */
export function visitWords(text: string, visit: Visit, analysis: Analysis = english): void {
  let from = 0
  while (from < text.length) {
    if (text.charCodeAt(from) <= 32) {
      from++
      continue
    }
    let to = from
    let highest = 0
    for (; to < text.length; to++) {
      const code = text.charCodeAt(to)
      if (code <= 32) break
      highest |= code
    }
    if (highest < 128) visitAscii(text, from, to, visit, analysis)
    else visitUnicode(text, from, to, visit, analysis)
    from = to
  }
}

function visitAscii(text: string, from: number, to: number, visit: Visit, {words}: Analysis): void {
  let at = from
  while (at < to) {
    if (roles[text.charCodeAt(at)] !== partOfWord) {
      at++
      continue
    }
    const start = at
    let end = at
    for (;;) {
      while (end < to && roles[text.charCodeAt(end)] === partOfWord) end++
      if (end >= to || roles[text.charCodeAt(end)] !== joiner) break
      let next = end + 1
      if (next < to && roles[text.charCodeAt(next)] === joiner) next++
      if (next >= to || roles[text.charCodeAt(next)] !== partOfWord) break
      end = next
    }
    const suffixed = suffixEnd(text, start, end)
    const word = words.at(text, start, suffixed)
    if (word.terms.length > 0) visit(word, start, suffixed)
    at = end
  }
}

function visitUnicode(text: string, from: number, to: number, visit: Visit, analysis: Analysis): void {
  const {words, particles} = analysis
  let start = -1
  let end = -1
  const flush = () => {
    const suffixed = suffixEnd(text, start, end)
    if (unspaced.test(text.slice(start, suffixed))) {
      const run = text.slice(start, suffixed)
      visitPairs(particles === null ? run : run.replace(particles, ''), start, visit, analysis)
      return
    }
    const word = words.at(text, start, suffixed)
    if (word.terms.length > 0) visit(word, start, suffixed)
  }

  // Finds words first and joins them by what is in between: one pattern for both would keep state for every joiner.
  for (const match of text.slice(from, to).matchAll(wordPattern)) {
    const wordStart = from + match.index
    if (start >= 0) {
      const gap = wordStart - end
      if (gap > 2 || !joinPattern.test(text.slice(end, wordStart))) {
        flush()
        start = wordStart
      }
    } else {
      start = wordStart
    }
    end = wordStart + match[0].length
  }
  if (start >= 0) flush()
}

/** `C++` and `C#` keep their signs. */
function suffixEnd(text: string, start: number, end: number): number {
  if (text.startsWith('++', end)) return end + 2
  if (text[end] === '#' && end - start === 1) return end + 1
  return end
}

/** An analysis from its rules, with a table of words: looking them up is several times faster than computing their terms again. */
export function analysis(
  language: string,
  rules: Pick<Analysis, 'lower' | 'stem' | 'clitics' | 'particles'>,
): Analysis {
  const words = new WordTable<SpelledWord>({
    maxLength: maxTermLength,
    make: (spelling) => ({spelling, terms: computeTerms(spelling, rules)}),
  })
  return {language, ...rules, words}
}

/** For texts in English, and in languages that are not known. */
export const english = analysis('en', {lower: fold, stem: stemOf, clitics: null, particles: null})

/**
 * The forms of one word that its terms are the stems of, the whole first: for what is still being typed, where
 * `scalin` has no stem yet. A word of a script without spaces is its own form.
 */
export function unstemmedFormsOf(word: string, {clitics}: Analysis = english): readonly string[] {
  return computeTerms(word, {lower: fold, stem: (form) => form, clitics})
}

function computeTerms(
  token: string,
  {lower, stem, clitics}: Pick<Analysis, 'lower' | 'stem' | 'clitics'>,
): readonly string[] {
  if (/^[a-z]+$/.test(token)) return [stem(token.slice(0, maxTermLength))]

  const normal = isAscii(token) ? token : token.normalize('NFKC').replace(/[\u00ad\u200c\u200d]/g, '')
  const terms = new Set<string>()
  const suffix = normal.endsWith('++') ? 'plusplus' : normal.endsWith('#') ? 'sharp' : ''
  const alone = clitics === null ? normal : normal.replace(clitics, '')
  const words = alone.split(/[^\p{L}\p{N}\p{M}_'’]+/u).filter(Boolean)

  // Segments are words with their inner joins removed: `kubernetes.io/last-applied` → kubernetes, io, lastapplied.
  const segments: string[][] = []
  for (const word of words) {
    const spelled = word.replace(/['’][sS]$/, '').replace(/['’](?=(?:t|re|ve|ll|d|m)$)/i, '')
    const parts = spelled.split(/[_'’]+/).flatMap((part) => part.split(caseBoundary))
    segments.push(parts.map(lower).filter(Boolean))
  }

  const all = segments.flat()
  const add = (term: string): void => {
    if (term !== '' && term.length <= maxTermLength) terms.add(stem(term))
  }
  if (suffix !== '' && all.length > 0) add(all.at(-1) + suffix)
  if (all.length > 1) add(wholeOf(all))
  if (segments.length > 1) for (const segment of segments) if (segment.length > 1) add(wholeOf(segment))
  // `kube-api-server`: neighbours joined two by two are wholes too, for `apiserver`.
  if (all.length > 2 && all.length <= 6) {
    for (let index = 1; index < all.length; index++) add(wholeOf(all.slice(index - 1, index + 1)))
  }
  for (const part of all) add(part.slice(0, maxTermLength))
  return [...terms]
}

/** The parts joined; empty if that is too long for a term. */
function wholeOf(parts: readonly string[]): string {
  let whole = ''
  for (const part of parts) {
    // 1.28 is not 128.
    whole += /\d$/.test(whole) && /^\d/.test(part) ? `p${part}` : part
    if (whole.length > maxTermLength) return ''
  }
  return whole
}

/** Pairs of characters for scripts without spaces, what is in between as usual: `日本語` → 日本, 本語. */
function visitPairs(token: string, start: number, visit: Visit, {words}: Analysis): void {
  let last = 0
  const between = (end: number) => {
    if (end <= last) return
    const word = words.at(token, last, end)
    if (word.terms.length > 0) visit(word, start + last, start + end)
  }
  for (const run of token.matchAll(unspacedRuns)) {
    between(run.index)
    last = run.index + run[0].length
    let before = ''
    let place = start + run.index
    for (const character of run[0]) {
      const pair = before + character
      if (before !== '' || character.length === run[0].length) {
        const word = {spelling: pair, terms: [fold(pair.normalize('NFKC'))]}
        visit(word, place - before.length, place + character.length)
      }
      place += character.length
      before = character
    }
  }
  between(token.length)
}

const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/** A text in lower case without diacritics, as terms have it. */
export function fold(word: string): string {
  const lower = word.toLowerCase()
  if (isAscii(lower)) return lower
  return lower
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replace(/[ßæœøłđðþı]/g, (letter) => letters[letter]!)
}

/** The stem of an English word; any other word unchanged. */
export function stemOf(term: string): string {
  return /^[a-z]{3,}$/.test(term) ? stemmer(term) : term
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text)
}

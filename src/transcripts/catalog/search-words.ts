const maxWords = 32
const maxQueryChars = 400

/** Letters of scripts that put no space between words. */
const unspacedLetter =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Khmer}\\p{Script=Lao}\\p{Script=Myanmar}ー]'
const unspacedRun = `${unspacedLetter}+`
const spacedLetter = `(?:(?!${unspacedLetter})[\\p{L}\\p{M}\\p{N}_])`
const spacedRun = `${spacedLetter}+`
const symbolRun = '[-/+#.$@%&*=<>~^|\\\\]+'
/** Emoji and the like, each a word. */
const sign = '\\p{So}'

const unspacedRuns = new RegExp(unspacedRun, 'gu')
const symbolRuns = new RegExp(symbolRun, 'gu')
const signs = new RegExp(sign, 'gu')
const wordHere = new RegExp(spacedRun, 'uy')
const letterBefore = /[\p{L}\p{M}\p{N}_]$/u
const pieces = new RegExp(
  `(?<symbols>${symbolRun})|(?<unspaced>${unspacedRun})|(?<spaced>${spacedRun})|${sign}`,
  'gu',
)

/** More symbols in a row are a line, not a part of a word. */
const maxSymbols = 4

/** Where the ASCII symbols are among the characters of private use; names follow after them. */
const symbolBase = 0xe000
const nameBase = 0xe100
const nameDigits = 0xf8ff - nameBase + 1

/** The word that stands for a name in the index. */
export function nameWord(id: number): string {
  let word = ''
  for (let left = id; left > 0 || word === ''; left = Math.floor(left / nameDigits)) {
    word += String.fromCharCode(nameBase + (left % nameDigits))
  }
  return word
}

/**
 * Text as it is given to the full-text index, which has only letters and digits:
 *
 * - Symbols become part of a word of their own, with the word after them: `node.js` is `node`, `.js` and `js`. So do fewer
 *   of them: `--flag` is also `-flag`.
 * - Runs of a script without spaces become pairs of neighbouring letters, and the last letter alone, so that any part of
 *   a run can be found.
 */
export function indexedText(text: string): string {
  return text
    .normalize('NFC')
    .replace(symbolRuns, (run, at: number, whole: string) => {
      const joined = joinedAt(whole, at, run)
      return joined === null ? ' ' : ` ${codedWords(joined).join(' ')} `
    })
    .replace(unspacedRuns, (run) => ` ${[...pairsOf(run), [...run].at(-1)!].join(' ')} `)
    .replace(signs, ' $& ')
}

/** A word, with the symbols before it; or symbols alone, at the end. */
interface Link {
  readonly symbols: string
  readonly word: string
}

/**
 * What a run of symbols belongs to: the word after it, as in `.NET`, `node.js` or `--flag`, or the one before, as in
 * `C++`. Null if neither: a hyphen or a slash between letters only joins words.
 */
function joinedAt(text: string, at: number, run: string): Link | null {
  const isWithin = letterBefore.test(text.slice(Math.max(0, at - 2), at))
  wordHere.lastIndex = at + run.length
  const word = wordHere.exec(text)?.[0]
  if (word === undefined) {
    const end = /^[+#]{1,4}/.exec(run)
    return isWithin && end !== null ? {symbols: end[0], word: ''} : null
  }
  const isPart = run.length <= maxSymbols && (!isWithin || /[^-/]/.test(run))
  return isPart ? {symbols: run, word} : null
}

/** The words for symbols with the word after them. */
function codedWords({symbols, word}: Link): string[] {
  return Array.from(symbols, (_, from) => coded(symbols.slice(from)) + word)
}

function coded(symbols: string): string {
  return Array.from(symbols, (symbol) => String.fromCharCode(symbolBase + symbol.charCodeAt(0))).join('')
}

function pairsOf(run: string): string[] {
  const letters = [...run]
  return letters.slice(1).map((letter, index) => letters[index]! + letter)
}

/** Words of the index that stand together. */
export interface Phrase {
  readonly words: readonly string[]
  /** Whether the last one is the beginning of a word. */
  readonly isOpen: boolean
}

/**
 * Turns raw text into an FTS5 expression that cannot fail: every word is quoted, all must match, and the last one as a
 * beginning, since it may still be being typed. What symbols join must stand together. Null for text without a letter,
 * digit or sign.
 */
export function wordSearchOf(text: string): string | null {
  const phrases = searchedPhrases(text)
  if (phrases.length === 0) return null
  return phrases.map(({words, isOpen}) => `"${words.join(' ')}"${isOpen ? '*' : ''}`).join(' ')
}

/** What a search asks for, as it is in indexed text: all of it must match. Empty for text without a letter, digit or sign. */
export function searchedPhrases(text: string): Phrase[] {
  const phrases = phrasesOf(text.normalize('NFC').trim().slice(0, maxQueryChars))
  return phrases.slice(0, maxWords).map(({words, isOpen}, index) => {
    // One letter alone begins almost any text.
    const isTyped = index === phrases.length - 1 && !/^[\p{L}\p{M}\p{N}]$/u.test(words.at(-1)!)
    return {words, isOpen: isOpen || isTyped}
  })
}

function phrasesOf(text: string): Phrase[] {
  const phrases: Phrase[] = []
  let chain: Link[] = []
  let end = -1
  const endChain = () => {
    if (chain.length > 0) phrases.push({words: wordsOf(chain), isOpen: false})
    chain = []
  }
  pieces.lastIndex = 0
  for (let piece = pieces.exec(text); piece !== null; piece = pieces.exec(text)) {
    const {symbols, unspaced, spaced} = piece.groups!
    if (piece.index !== end || symbols === undefined) endChain()
    if (symbols !== undefined) {
      const joined = joinedAt(text, piece.index, symbols)
      if (joined === null) continue
      chain.push(joined)
      pieces.lastIndex += joined.word.length
    } else if (unspaced !== undefined) {
      const pairs = pairsOf(unspaced)
      // One letter begins a pair, or is the last of a run.
      phrases.push(pairs.length === 0 ? {words: [unspaced], isOpen: true} : {words: pairs, isOpen: false})
    } else if (spaced === undefined) phrases.push({words: [piece[0]], isOpen: false})
    // FTS5 takes an underscore for a space.
    else if (/[^_]/.test(spaced)) chain.push({symbols: '', word: spaced})
    end = pieces.lastIndex
  }
  endChain()
  return phrases
}

/** A chain as it is in the index, up to what may be the beginning of its last word. */
function wordsOf(chain: readonly Link[]): string[] {
  return chain.flatMap(({symbols, word}, index) => {
    if (symbols === '') return [word]
    const isLast = index === chain.length - 1
    return isLast ? [coded(symbols) + word] : [...codedWords({symbols, word}), word]
  })
}

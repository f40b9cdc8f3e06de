/** A search of the full-text index, and what it cannot say. */
export interface WordSearch {
  /** An FTS5 expression. */
  readonly expression: string
  /** GLOB patterns for a space plus the text in lower case: words with symbols, such as `c++`. All must match. */
  readonly literals: readonly string[]
}

const maxWords = 32
const maxQueryChars = 400

/** Scripts that put no space between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}ー]+/gu

/**
 * Text as it is given to the full-text index: runs of a script without spaces become pairs of neighbouring letters, and
 * the last letter alone, so that any part of a run can be found.
 */
export function indexedText(text: string): string {
  return text.replace(unspaced, (run) => ` ${[...pairsOf(run), [...run].at(-1)!].join(' ')} `)
}

function pairsOf(run: string): string[] {
  const letters = [...run]
  return letters.slice(1).map((letter, index) => letters[index]! + letter)
}

/**
 * Turns raw text into a search that cannot fail: every word is quoted, all must match, and the last one as a beginning,
 * since it may still be being typed. The index has only letters and digits, so a word with symbols, such as `C++`, `.NET`
 * or `--flag`, is also searched for literally. Null for text without a letter or digit.
 */
export function wordSearchOf(text: string): WordSearch | null {
  const trimmed = text.trim().slice(0, maxQueryChars)
  const parts: string[] = []
  for (const [word] of trimmed.matchAll(/[\p{L}\p{M}\p{N}_ー]+/gu)) {
    let from = 0
    for (const run of word.matchAll(unspaced)) {
      parts.push(...spacedPart(word.slice(from, run.index)), unspacedPart(run[0]))
      from = run.index + run[0].length
    }
    parts.push(...spacedPart(word.slice(from)))
  }
  if (parts.length === 0) return null
  const kept = parts.slice(0, maxWords)
  const last = kept.at(-1)!
  // A word that ends in a symbol is complete, and one letter alone begins almost any text.
  const isWhole =
    /[+#]$/.test(trimmed) || last.endsWith('*') || [...last].length < 4 || parts.length > maxWords
  return {expression: `${kept.join(' ')}${isWhole ? '' : '*'}`, literals: literalsOf(trimmed)}
}

/** A word in quotes; none for one without a token: FTS5 takes an underscore for a space. */
function spacedPart(word: string): string[] {
  return /[^_]/.test(word) ? [`"${word}"`] : []
}

/** The pairs of a run one after the other; a single letter begins a pair or is the last letter of a run. */
function unspacedPart(run: string): string {
  const pairs = pairsOf(run)
  return pairs.length === 0 ? `"${run}"*` : `"${pairs.join(' ')}"`
}

/** Words with a symbol that is more than punctuation. */
function literalsOf(text: string): string[] {
  return text
    .split(/\s+/)
    .map((word) => word.replace(/^["'`([{<«“‘]+|[\])}>"'`.,:;!?…»”’]+$/g, ''))
    .filter((word) => /[\p{L}\p{N}]/u.test(word) && /^[-/]|[+#.$@%&*=<>~^|\\]/.test(word))
    .slice(0, maxWords)
    .map(globOf)
}

/** A pattern that matches at the start of a word. SQLite's `lower` only converts A to Z. */
function globOf(word: string): string {
  const lower = word.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/[*?[]/g, '[$&]')
  return `*${/^[\p{L}\p{N}_]/u.test(word) ? '[^a-z0-9_]' : ''}${lower}*`
}

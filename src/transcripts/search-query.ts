/** How a query of staff is searched. */
export type SearchQuery =
  | {
      readonly kind: 'match'
      readonly expression: string
      /** GLOB patterns for a space plus the text in lower case: words with symbols, such as `c++`. All must match. */
      readonly literals: readonly string[]
    }
  | {readonly kind: 'like'; readonly pattern: string}

const maxTerms = 32

/**
 * Turns raw text into a search that cannot fail: every word is quoted, all must match, and the last one as a prefix,
 * since it may still be being typed. FTS5 indexes only letters and digits, so a word with symbols, such as `C++`, `.NET`
 * or `--flag`, is also searched for literally. Text without words, or in a script without spaces (which FTS5 treats as
 * one long word), is only searched for literally. Null for empty text.
 */
export function searchQueryOf(text: string): SearchQuery | null {
  const trimmed = text.trim().slice(0, 400)
  if (trimmed === '') return null
  const terms = (trimmed.match(/[\p{L}\p{M}\p{N}_]+/gu) ?? []).slice(0, maxTerms)
  const isUnspaced =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}]/u.test(trimmed)
  // FTS5 treats an underscore as a space, so a word of only underscores has no token.
  if (terms.every((term) => /^_+$/.test(term)) || isUnspaced) {
    return {kind: 'like', pattern: `%${trimmed.replace(/[\\%_]/g, '\\$&')}%`}
  }
  const literals = literalsOf(trimmed)
  // A word that ends in a symbol is complete.
  const isWhole = /[+#]$/.test(trimmed)
  const quoted = terms.map((term) => `"${term}"`)
  return {kind: 'match', expression: `${quoted.join(' ')}${isWhole ? '' : '*'}`, literals}
}

/** Words with a symbol that is more than punctuation. */
function literalsOf(text: string): string[] {
  return text
    .split(/\s+/)
    .map((word) => word.replace(/^["'`([{<«“‘]+|[\])}>"'`.,:;!?…»”’]+$/g, ''))
    .filter((word) => /[\p{L}\p{N}]/u.test(word) && /^[-/]|[+#.$@%&*=<>~^|\\]/.test(word))
    .slice(0, maxTerms)
    .map(globOf)
}

/** A pattern that matches at the start of a word. SQLite's `lower` only converts A to Z. */
function globOf(word: string): string {
  const lower = word.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/[*?[]/g, '[$&]')
  return `*${/^[\p{L}\p{N}_]/u.test(word) ? '[^a-z0-9_]' : ''}${lower}*`
}

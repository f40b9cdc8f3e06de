/** How the words a member of staff typed are looked for. */
export type SearchQuery =
  | {
      readonly kind: 'match'
      readonly expression: string
      /** For GLOB on ` ` and the text in lower case: words whose signs count, such as `c++`. All must be there. */
      readonly literals: readonly string[]
    }
  | {readonly kind: 'like'; readonly pattern: string}

const maxTerms = 32

/**
 * Raw text as a search that cannot fail: every word quoted, all of them wanted, the last one as a beginning since
 * it may still be typed. The search knows letters and digits alone, so a word with other signs, such as `C++`, `.NET`
 * or `--flag`, is looked for as it stands as well. Text without words, or in a script written without spaces (which
 * FTS5 takes as one long word), is looked for as it stands. Null for nothing.
 */
export function searchQueryOf(text: string): SearchQuery | null {
  const trimmed = text.trim().slice(0, 400)
  if (trimmed === '') return null
  const terms = (trimmed.match(/[\p{L}\p{M}\p{N}_]+/gu) ?? []).slice(0, maxTerms)
  const isUnspaced =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}]/u.test(trimmed)
  // FTS5 takes an underscore as a space, so a word of nothing else has no token.
  if (terms.every((term) => /^_+$/.test(term)) || isUnspaced) {
    return {kind: 'like', pattern: `%${trimmed.replace(/[\\%_]/g, '\\$&')}%`}
  }
  const literals = literalsOf(trimmed)
  // A word that ends in a sign is whole.
  const isWhole = /[+#]$/.test(trimmed)
  const quoted = terms.map((term) => `"${term}"`)
  return {kind: 'match', expression: `${quoted.join(' ')}${isWhole ? '' : '*'}`, literals}
}

/** Words with a sign that is more than punctuation. */
function literalsOf(text: string): string[] {
  return text
    .split(/\s+/)
    .map((word) => word.replace(/^["'`([{<«“‘]+|[\])}>"'`.,:;!?…»”’]+$/g, ''))
    .filter((word) => /[\p{L}\p{N}]/u.test(word) && /^[-/]|[+#.$@%&*=<>~^|\\]/.test(word))
    .slice(0, maxTerms)
    .map(globOf)
}

/** Finds the word where one begins. SQLite's `lower` knows A to Z alone. */
function globOf(word: string): string {
  const lower = word.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/[*?[]/g, '[$&]')
  return `*${/^[\p{L}\p{N}_]/u.test(word) ? '[^a-z0-9_]' : ''}${lower}*`
}

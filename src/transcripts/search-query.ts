/** How the words a member of staff typed are looked for. */
export type SearchQuery =
  | {readonly kind: 'match'; readonly expression: string}
  | {readonly kind: 'like'; readonly pattern: string}

const maxTerms = 32

/**
 * Raw text as a search that cannot fail: every word quoted, all of them wanted, the last one as a beginning since
 * it may still be typed. Text without words, or in a script written without spaces (which FTS5 takes as one long
 * word), is looked for as it stands. Null for nothing.
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
  const quoted = terms.map((term) => `"${term}"`)
  return {kind: 'match', expression: `${quoted.join(' ')}*`}
}

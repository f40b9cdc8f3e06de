/**
 * Terms may hold any character (`--dry-run`, `c++`, `node.js`); FTS5's `ascii` tokenizer ends a token at every
 * ASCII character that is no letter or digit, and takes everything above ASCII as part of one. So those ASCII
 * characters move to a private-use block, and what already stands in that block is marked:
 *
 *     a-z 0-9, non-ASCII      as they are
 *     any other ASCII c       U+E000 + c
 *     U+E000 … U+E0FF         U+E0FF, then itself
 *
 * Upper case moves too, since the tokenizer folds it. The mapping can be undone, so different terms stay different.
 */
export function encodeTerm(term: string): string {
  return term
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(special, (char) =>
      char < '\u0080' ? String.fromCharCode(0xe000 + char.charCodeAt(0)) : `\ue0ff${char}`,
    )
}

const special = /[^a-z0-9\u0080-\udfff\ue100-\uffff]/g

/** A column of the words index: its terms, encoded, one blank between. */
export function encodeTerms(terms: readonly string[]): string {
  return terms
    .filter((term) => term !== '')
    .map(encodeTerm)
    .join(' ')
}

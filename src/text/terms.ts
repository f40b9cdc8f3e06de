/**
 * The words of a text as the words index knows them: lower-cased, stemmed, identifiers whole and in parts.
 * Index and questions go through the same function, so it decides what can match.
 */
export function termsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []
}

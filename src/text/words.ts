/**
 * The number of words as a reader counts them. In scripts without spaces two characters count as one word, so a budget
 * in words means about as much text in every language.
 */
export function countWords(text: string): number {
  let count = 0
  if (!beyondLatin.test(text)) {
    plainWord.lastIndex = 0
    while (plainWord.test(text)) count++
    return count
  }
  for (const match of text.matchAll(word)) {
    const [token] = match
    const dense = match[1]
    count += dense === undefined ? 1 : Math.max(1, Math.round(token.length / 2))
  }
  return count
}

const word =
  /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+)|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{M}\p{N}_])+/gu

/** Most text has no such script and is counted in a fraction of the time. */
const beyondLatin = /[^\u0000-\u024f\u2000-\u206f]/
const plainWord = /[\w\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]+/g

const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'})

/** Context on either side of a cut, in UTF-16 units: longer than any joined emoji in use. */
const contextLength = 64

/**
 * The beginning of a text: at most `maxLength` UTF-16 units, ending between two characters as readers see them.
 * All text that is cut to a length is cut here, because the model's API rejects half a character.
 */
export function headOf(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : text.slice(0, boundaries(text, maxLength).before)
}

/** The end of a text, otherwise like `headOf`. */
export function tailOf(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : text.slice(boundaries(text, text.length - maxLength).after)
}

/** Like `headOf`, without the word that was cut, unless that would remove more than half. */
export function headWordsOf(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const head = headOf(text, maxLength)
  const whole = head.replace(/\s+\S*$/, '')
  return whole.length > maxLength / 2 ? whole : head
}

/** Like `headWordsOf`, with an ellipsis when something was cut off. */
export function shortened(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${headWordsOf(text, maxLength - 1)}…`
}

/** The nearest offsets around `at` that do not split a character; both equal `at` when it does not split one. */
function boundaries(text: string, at: number): {readonly before: number; readonly after: number} {
  if (at <= 0 || at >= text.length) return {before: at, after: at}
  const last = text.charCodeAt(at - 1)
  if (last < 128 && last !== 13 && text.charCodeAt(at) < 128) return {before: at, after: at}
  const from = isInPair(text, at - contextLength) ? at - contextLength - 1 : Math.max(0, at - contextLength)
  const character = segmenter.segment(text.slice(from, at + contextLength)).containing(at - from)
  const before = from + (character?.index ?? 0)
  const after = before + (character?.segment.length ?? 0)
  if (before === at) return {before, after: before}
  // An endless run of combining marks is cut between its code points.
  const isBounded = (before > from || from === 0) && (after < at + contextLength || after === text.length)
  if (isBounded) return {before, after}
  return isInPair(text, at) ? {before: at - 1, after: at + 1} : {before: at, after: at}
}

/** Whether a cut at `at` would split a surrogate pair. */
function isInPair(text: string, at: number): boolean {
  const [first, second] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  return first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff
}

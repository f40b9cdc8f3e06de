const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'})

/** Looked at on both sides of a cut, in UTF-16 units: longer than any joined emoji people use. */
const around = 64

/**
 * The beginning of a text: at most `maxLength` UTF-16 units, ending between two characters as readers see them.
 * Whatever is shortened by length is shortened here, since the model's API refuses half a character.
 */
export function headOf(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : text.slice(0, boundaries(text, maxLength).before)
}

/** The end of a text; otherwise as `headOf`. */
export function tailOf(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : text.slice(boundaries(text, text.length - maxLength).after)
}

/** As `headOf`, and without the word that was cut, unless that would take more than half. */
export function headWordsOf(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const head = headOf(text, maxLength)
  const whole = head.replace(/\s+\S*$/, '')
  return whole.length > maxLength / 2 ? whole : head
}

/** As `headWordsOf`, with an ellipsis where something was cut off. */
export function shortened(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${headWordsOf(text, maxLength - 1)}…`
}

/** The places nearest to `at` that split no character; both are `at` where it splits none. */
function boundaries(text: string, at: number): {readonly before: number; readonly after: number} {
  if (at <= 0 || at >= text.length) return {before: at, after: at}
  const last = text.charCodeAt(at - 1)
  if (last < 128 && last !== 13 && text.charCodeAt(at) < 128) return {before: at, after: at}
  const from = isInPair(text, at - around) ? at - around - 1 : Math.max(0, at - around)
  const found = segmenter.segment(text.slice(from, at + around)).containing(at - from)
  const before = from + (found?.index ?? 0)
  const after = before + (found?.segment.length ?? 0)
  if (before === at) return {before, after: before}
  // A pile of marks without end is cut between its code points.
  const isBounded = (before > from || from === 0) && (after < at + around || after === text.length)
  if (isBounded) return {before, after}
  return isInPair(text, at) ? {before: at - 1, after: at + 1} : {before: at, after: at}
}

/** Whether a cut at `at` would leave the halves of a surrogate pair on either side. */
function isInPair(text: string, at: number): boolean {
  const [first, second] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  return first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff
}

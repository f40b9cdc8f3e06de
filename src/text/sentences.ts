/** A sentence, or a line of a list, a table or code. */
export interface Sentence {
  /** `[start, end)` in UTF-16 units of the text; white space around it left out. */
  readonly start: number
  readonly end: number
  readonly text: string
}

// What ends with a point and goes on all the same.
const abbreviations =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|cf|vs|approx|resp|incl|fig|no|nos|vol|dr|mr|mrs|ms|prof|st|inc|ltd|co|jr|sr|[a-z])\.$/i

/**
 * The sentences of a text in which blocks and lines of code stand on lines of their own, in order.
 *
 * A line break always ends a sentence. A point ends one only before white space and something that can begin
 * a sentence, so versions, file names and dotted identifiers stay whole, and so do the usual abbreviations.
 */
export function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = []
  let lineStart = 0
  while (lineStart <= text.length) {
    const newline = text.indexOf('\n', lineStart)
    const lineEnd = newline === -1 ? text.length : newline
    addLine(text, lineStart, lineEnd, sentences)
    lineStart = lineEnd + 1
  }
  return sentences
}

function addLine(text: string, from: number, to: number, sentences: Sentence[]): void {
  let start = from
  const line = text.slice(from, to)
  for (const match of line.matchAll(/[.!?…]['"”’)\]]{0,3}(?=\s)|[。！？]/gu)) {
    const end = from + match.index + match[0].length
    if (end <= start) continue
    const next = text.slice(end, Math.min(to, end + 40)).trimStart()
    if (match[0][0] === '.') {
      if (!/^[\p{Lu}\p{N}\p{Lo}"'“‘([`]/u.test(next)) continue
      if (abbreviations.test(text.slice(Math.max(start, end - 12), end))) continue
    }
    push(text, start, end, sentences)
    start = end
  }
  push(text, start, to, sentences)
}

function push(text: string, from: number, to: number, sentences: Sentence[]): void {
  const piece = text.slice(from, to)
  const trimmed = piece.trim()
  if (trimmed === '') return
  const start = from + piece.indexOf(trimmed[0]!)
  sentences.push({start, end: start + trimmed.length, text: trimmed})
}

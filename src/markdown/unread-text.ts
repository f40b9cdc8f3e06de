import {hiddenByTwoslash} from './dialects/code-marks.ts'

/** A line of the source that readers see and that is in no passage. */
export interface UnreadLine {
  /** One-based, in the body. */
  readonly line: number
  readonly words: number
}

/** Parts of a text, sorted. */
export type Ranges = readonly (readonly [start: number, end: number])[]

/** Shorter runs of missing words are not reported: a mark that is read differently here can hide a word or two. */
const minWords = 4

/**
 * Finds lines of a body whose words are missing from the kept text although no construct reported that it removed them
 * (`taken`). It is independent of the dialects: it reads the source itself, and only what is certainly text; anything
 * that may be a mark, a tag, an expression or the target of a link is skipped. So every line it reports is really lost,
 * while it may miss a loss of a few words, or of words that occur elsewhere on the page. Only letters and digits are
 * compared, because word boundaries can depend on the marks between words.
 */
export function unreadLinesOf(body: string, taken: Ranges, kept: readonly string[]): UnreadLine[] {
  const letters = new Letters(kept.join('\n'))
  const unread: UnreadLine[] = []
  for (const [index, line] of withoutDoubtfulText(body, taken).split('\n').entries()) {
    if (letters.include(lettersOf(line))) continue
    const words = line.split(gap).reduce((sum, part) => sum + wordsLostIn(part, letters), 0)
    if (words > 0) unread.push({line: index + 1, words})
  }
  return unread
}

/** Counts the words in runs of which none occurs in the kept text together with its next two words. */
function wordsLostIn(part: string, letters: Letters): number {
  const words = part.split(/\s+/).flatMap((word) => lettersOf(word).match(plainWord) ?? [])
  if (letters.include(words.join(''))) return 0
  let lost = 0
  let run = 0
  let foundTo = 0
  for (let index = 0; index <= words.length; index++) {
    const neighbours = words.slice(index, index + 3)
    if (neighbours.length === 3 && letters.include(neighbours.join(''))) foundTo = index + 3
    if (index >= foundTo && index < words.length) run++
    else {
      if (run >= minWords) lost += run
      run = 0
    }
  }
  return lost
}

/** In scripts without spaces, four characters count as a word. */
const plainWord = /[0-9A-Za-z\u00c0-\u024f]+|[^0-9A-Za-z\u00c0-\u024f]{1,4}/g

/** Letters and digits, roughly: beyond Latin, only the punctuation blocks are removed. Unicode properties take six times as long. */
function lettersOf(text: string): string {
  return text.replace(/[^0-9A-Za-z\u00c0-\u1fff\u2c00-\u2dff\u3040-\ufeff]+/g, '')
}

/** Maximum number of characters searched for a page: with missing text, the time grows with the square of its length. */
const maxSearchedLength = 100_000_000

/** The letters of the kept text. */
class Letters {
  readonly #text: string
  #at = 0
  #searched = 0

  constructor(kept: string) {
    this.#text = lettersOf(kept)
  }

  /** Whether the kept text contains these letters in a row; also true once the search limit is reached. */
  include(letters: string): boolean {
    // Lines are nearly always in the order in which they were kept.
    let found = this.#text.indexOf(letters, this.#at)
    if (found < 0) {
      if (this.#searched > maxSearchedLength) return true
      this.#searched += this.#text.length
      found = this.#text.indexOf(letters)
    }
    if (found < 0) return false
    this.#at = found + letters.length
    return true
  }
}

/** The body with everything blanked out that may be something else than text; line breaks stay. */
function withoutDoubtfulText(body: string, taken: Ranges): string {
  let text = ''
  let at = 0
  for (const [start, end] of taken) {
    if (start < at) continue
    text += body.slice(at, start) + blank(body.slice(start, end))
    at = end
  }
  return withoutHiddenLines(text + body.slice(at)).replace(doubtful, blank)
}

const fenceWithHiddenLines = /^[ \t>]*(`{3,}|~{3,})([ \t]*rust\b.*|.*\btwoslash\b.*)/

/** Without the lines of code that no site shows: those `# …` of Rust, and what twoslash hides. */
function withoutHiddenLines(text: string): string {
  if (!/rust|twoslash/.test(text)) return text
  const lines = text.split('\n')
  for (let n = 0; n < lines.length; n++) {
    const [, fence, info] = fenceWithHiddenLines.exec(lines[n]!) ?? []
    if (fence === undefined) continue
    const start = n + 1
    while (n + 1 < lines.length && !lines[n + 1]!.trimStart().startsWith(fence)) n++
    const code = lines.slice(start, n + 1)
    const cut = hiddenByTwoslash(info!, code)
    for (const [at, line] of code.entries())
      if (cut.has(at) || (/^\s*rust\b/.test(info!) && /^[ \t>]*#(?:\s|$)/.test(line))) lines[start + at] = gap
    n++
  }
  return lines.join('\n')
}

/** Replaces a doubtful part of a line. */
const gap = '\0'

function blank(text: string): string {
  return text.includes('\n') ? text.replace(/[^\n]+/g, gap) : gap
}

/** Each alternative is bounded or ends at the next of its kind, so that the time stays linear whatever is never closed. */
const doubtful = new RegExp(
  [
    // A MyST role, a comment, a hidden element, a tag, an expression, an entity, an icon.
    /\{[\w:.-]+\}`[^`\n]*`/,
    /<!--[\s\S]{0,1000}?-->/,
    /<(?<hidden>script|style|svg)\b[\s\S]{0,1000}?<\/\k<hidden>>/,
    /<\/?[a-z](?:"[^"]{0,2000}"|'[^']{0,2000}'|[^<>"'])*>/,
    /\{\{[^{}\n]*\{[^{}\n]*\}[^{}\n]*\}\}/,
    /\{[^{}]*\}/,
    /&#?\w+;/,
    /:[a-z][\w-]*:/,
    // An embedded note, the note of a wiki link with other words, a link whose words are its page's title, numbers in an option.
    /!\[\[[^[\]\n]*\]\]/,
    /\[\[[^[\]\n|]*\|/,
    /\[AUTOTITLE\]/,
    /^[ \t>]*:[\w-]+:[ \t][\d \t.%]*$/,
    // A mark of a highlighter in code.
    /\[!+[a-z][^\]\n]*\]/,
    // A footnote reference, a link target, a reference label, a definition.
    /\[\^[^\]\s]+\](?!:)/,
    /\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*|\n[^()\n]+)*\)/,
    /\]\[[^\]\n]*\](?!\()/,
    /^[ \t>]*\[[^\]\n]+\]:.*$/,
    // The first line of a fence, a directive or an admonition.
    /^[ \t>]*(?:(?:[-*+]|\d+[.)]) [ \t]*)?(?:`{3,}|~{3,}|:{2,}|!!!|\?\?\?|\/{3,}).*$/,
  ]
    .map(({source}) => source)
    .join('|'),
  'gim',
)

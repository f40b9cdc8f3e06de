/** A line of the source that readers see and that reached no passage. */
export interface UnreadLine {
  /** One-based, in the body. */
  readonly line: number
  readonly words: number
}

/** Parts of a text, in order. */
export type Ranges = readonly (readonly [start: number, end: number])[]

/** Fewer words one after the other are not told: marks that are read in another way here can take away a word or two. */
const fewestWords = 4

/**
 * Lines of a body whose words did not reach the text that was kept, though no construct said that it took them away
 * (`taken`). It knows nothing of the dialects and reads the source by itself, and of that only what is text beyond
 * doubt: whatever may be a mark, a tag, an expression or the target of a link is passed over. So what it names is lost
 * indeed, while a loss of a few words, or of words that stand elsewhere on the page too, can escape it. Only letters
 * and digits are compared, since where words end can depend on the marks between them.
 */
export function unreadLinesOf(body: string, taken: Ranges, kept: readonly string[]): UnreadLine[] {
  const letters = new Letters(kept.join('\n'))
  const unread: UnreadLine[] = []
  for (const [index, line] of surelyText(body, taken).split('\n').entries()) {
    if (letters.include(lettersOf(line))) continue
    const words = line.split(gap).reduce((sum, part) => sum + wordsLostIn(part, letters), 0)
    if (words > 0) unread.push({line: index + 1, words})
  }
  return unread
}

/** Words in runs of which none stands anywhere in the company of the two next to it. */
function wordsLostIn(part: string, letters: Letters): number {
  const words = part.split(/\s+/).flatMap((word) => lettersOf(word).match(plainWord) ?? [])
  if (letters.include(words.join(''))) return 0
  let lost = 0
  let run = 0
  let foundTo = 0
  for (let index = 0; index <= words.length; index++) {
    const company = words.slice(index, index + 3)
    if (company.length === 3 && letters.include(company.join(''))) foundTo = index + 3
    if (index >= foundTo && index < words.length) run++
    else {
      if (run >= fewestWords) lost += run
      run = 0
    }
  }
  return lost
}

/** Where words are not parted by spaces, four characters are taken for one. */
const plainWord = /[0-9A-Za-z\u00c0-\u024f]+|[^0-9A-Za-z\u00c0-\u024f]{1,4}/g

/** Roughly: of what lies above Latin only the blocks of punctuation are left out. Properties of Unicode take six times as long. */
function lettersOf(text: string): string {
  return text.replace(/[^0-9A-Za-z\u00c0-\u1fff\u2c00-\u2dff\u3040-\ufeff]+/g, '')
}

/** Characters of a page that may be looked through: what is not there makes the time grow with the square of the page. */
const mostLookedThrough = 100_000_000

/** The letters of the text that was kept. */
class Letters {
  readonly #text: string
  #at = 0
  #looked = 0

  constructor(kept: string) {
    this.#text = lettersOf(kept)
  }

  /** Whether they stand there one after the other; true as well when looking has become too long. */
  include(wanted: string): boolean {
    // Lines come in the order in which they are kept, nearly always.
    let found = this.#text.indexOf(wanted, this.#at)
    if (found < 0) {
      if (this.#looked > mostLookedThrough) return true
      this.#looked += this.#text.length
      found = this.#text.indexOf(wanted)
    }
    if (found < 0) return false
    this.#at = found + wanted.length
    return true
  }
}

/** The body with everything blanked out that may not be text; line breaks stay. */
function surelyText(body: string, taken: Ranges): string {
  let text = ''
  let at = 0
  for (const [start, end] of taken) {
    if (start < at) continue
    text += body.slice(at, start) + blank(body.slice(start, end))
    at = end
  }
  return (text + body.slice(at)).replace(doubtful, blank)
}

/** In the place of a line's doubtful part. */
const gap = '\0'

function blank(text: string): string {
  return text.includes('\n') ? text.replace(/[^\n]+/g, gap) : gap
}

/** Each part ends at a bound or at the next of its kind, so that the time stays linear whatever is never closed. */
const doubtful = new RegExp(
  [
    // A role of MyST, a comment, an element that shows nothing, a tag, an expression, an entity, an icon.
    /\{[\w:.-]+\}`[^`\n]*`/,
    /<!--[\s\S]{0,1000}?-->/,
    /<(?<hidden>script|style|svg)\b[\s\S]{0,1000}?<\/\k<hidden>>/,
    /<\/?[a-z](?:"[^"]{0,2000}"|'[^']{0,2000}'|[^<>"'])*>/,
    /\{[^{}]*\}/,
    /&#?\w+;/,
    /:[a-z][\w-]*:/,
    // The mark of a footnote, the target of a link, the label of a reference, a definition.
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

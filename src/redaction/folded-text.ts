/** A text with one spelling for what looks the same, and where each of its units comes from. */
export interface FoldedText {
  readonly text: string
  /** Where the character begins in the original text that the unit at `index` comes from. */
  startOf(index: number): number
  /** Where that character ends. */
  endOf(index: number): number
}

/** Format characters such as zero-width spaces, and what chooses the look of the character before. */
const unseen = /\p{Cf}|\u034f|[\ufe00-\ufe0f]/u
const dash = /[\p{Pd}\u2212]/u
const blank = /\p{Zs}/u
const digit = /^\p{Nd}$/u

/**
 * The text as it is searched: full-width and other compatible characters as ASCII, any digits as 0 to 9, any dash as `-`,
 * any blank as a space, and nothing that is not seen. Only the search uses it: what is kept of a text is kept as written.
 */
export function folded(text: string): FoldedText {
  if (/^[\x00-\x7f]*$/.test(text) && !/%(?:40|2b)/i.test(text)) {
    return {text, startOf: (index) => index, endOf: (index) => index + 1}
  }
  const starts: number[] = []
  const ends: number[] = []
  let result = ''
  let at = 0
  for (const character of characters(text)) {
    const piece = character < '\x80' ? (encoded[character] ?? character) : foldedCharacter(character)
    for (let unit = 0; unit < piece.length; unit++) {
      starts.push(at)
      ends.push(at + character.length)
    }
    result += piece
    at += character.length
  }
  return {text: result, startOf: (index) => starts[index]!, endOf: (index) => ends[index]!}
}

/** As they are written in addresses: `jane%40acme.io`. */
const encoded: Readonly<Record<string, string>> = {'%40': '@', '%2B': '+', '%2b': '+'}

function characters(text: string): Iterable<string> {
  return /%(?:40|2b)/i.test(text) ? text.match(/%(?:40|2[bB])|./gsu)! : text
}

/** Of the characters seen so far; there are about as many as a page of each script has. */
const known = new Map<string, string>()
const maxKnown = 10_000

function foldedCharacter(character: string): string {
  const before = known.get(character)
  if (before !== undefined) return before
  const piece = computed(character)
  if (known.size >= maxKnown) known.clear()
  known.set(character, piece)
  return piece
}

function computed(character: string): string {
  if (unseen.test(character)) return ''
  if (dash.test(character)) return '-'
  if (blank.test(character)) return ' '
  const plain = character.normalize('NFKC')
  return digit.test(plain) ? digitOf(plain) : plain
}

/** Unicode has the digits of a script in a row, from 0 on; rows that touch each other are folded by NFKC before. */
function digitOf(character: string): string {
  const code = character.codePointAt(0)!
  let value = 0
  while (value < 9 && digit.test(String.fromCodePoint(code - value - 1))) value += 1
  return String(value)
}

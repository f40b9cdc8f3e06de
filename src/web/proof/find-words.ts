/** A place in a text: `[start, end)` in UTF-16 units. */
export type Place = readonly [start: number, end: number]

/** Letters and digits alone, so that words are found whatever signs, marks and white space stand between them. */
const letter = /[\p{L}\p{N}]/u

interface Letters {
  readonly letters: string
  /** The offset in the text of each unit of `letters`. */
  readonly at: readonly number[]
}

/** Pages and sections are looked at up to here, in UTF-16 units. */
const maxTextLength = 1_000_000

function lettersOf(text: string): Letters {
  let letters = ''
  const at: number[] = []
  let offset = 0
  for (const character of text.slice(0, maxTextLength)) {
    for (const part of character.normalize('NFKD').toLowerCase()) {
      if (!letter.test(part)) continue
      letters += part
      for (let unit = 0; unit < part.length; unit++) at.push(offset)
    }
    offset += character.length
  }
  return {letters, at}
}

/** Words at either end of a quote by which it is found where something on the page interrupts it. */
const endWords = 6
/** What a page may add within a quote, as a button in its code, as a share of the quote. */
const maxGrowth = 2

/**
 * Returns finders of quotes in one text. Each returns the first place from `from` on, else the first of all; null where
 * the text does not have the words. A quote that is interrupted is found by its beginning and its end.
 */
export function finderIn(text: string): (quote: string, from?: number) => Place | null {
  const {letters, at} = lettersOf(text)

  const isWhole = (first: number, last: number): boolean =>
    !letter.test(text[at[first]! - 1] ?? '') && !letter.test(text[at[last]! + 1] ?? '')

  /** The index of whole words, else of the letters within others, as where blocks follow without a space. */
  const indexOf = (sought: string, from: number): number => {
    const first = letters.indexOf(sought, from)
    for (let index = first, tries = 0; index >= 0 && tries < 100; tries++) {
      if (isWhole(index, index + sought.length - 1)) return index
      index = letters.indexOf(sought, index + 1)
    }
    return first
  }

  const placeOf = (first: number, last: number): Place => {
    let end = at[last]! + (text.codePointAt(at[last]!)! > 0xffff ? 2 : 1)
    while (/\p{M}/u.test(text[end] ?? '')) end++
    return [at[first]!, end]
  }

  const find = (quote: string, from: number): Place | null => {
    const sought = lettersOf(quote).letters
    if (sought === '') return null
    const whole = indexOf(sought, from)
    if (whole >= 0) return placeOf(whole, whole + sought.length - 1)
    const words = quote.split(/\s+/).filter((word) => letter.test(word))
    if (words.length <= 2 * endWords) return null
    const start = lettersOf(words.slice(0, endWords).join(' ')).letters
    const end = lettersOf(words.slice(-endWords).join(' ')).letters
    const first = indexOf(start, from)
    const last = first < 0 ? -1 : indexOf(end, first + start.length)
    const isNear = last >= 0 && last - first < maxGrowth * sought.length
    return isNear ? placeOf(first, last + end.length - 1) : null
  }

  return (quote, from = 0) => {
    const index = from === 0 ? 0 : at.findIndex((offset) => offset >= from)
    return (index > 0 ? find(quote, index) : null) ?? find(quote, 0)
  }
}

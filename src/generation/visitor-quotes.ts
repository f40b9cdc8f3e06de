/** Letters and digits in a row that are a quotation rather than a coincidence. */
const minRun = 12
/** The same for all that a visitor wrote. */
const minWhole = 6
/** Newest characters of what a visitor wrote that are looked through. */
const maxWritten = 20_000

/**
 * A text of a server, for the log, without what it quotes of what the visitor wrote: every run of at least 12 letters and
 * digits that is in that too becomes `…`, whatever stands between them, and what is shorter as a whole.
 */
export function withoutVisitorQuotes(text: string, written: readonly string[]): string {
  const own = lettersOf(text)
  const folded = written.map((one) => lettersOf(one.slice(-maxWritten)).letters)
  const short = folded.filter(({length}) => length >= minWhole && length < minRun)
  const all = folded.join('\n').slice(-maxWritten)

  function quotedAt(at: number): number {
    let to = at + minRun
    if (to > own.letters.length || !all.includes(own.letters.slice(at, to)))
      return short.find((one) => own.letters.startsWith(one, at))?.length ?? 0
    while (to < own.letters.length && all.includes(own.letters.slice(at, to + 1))) to += 1
    return to - at
  }

  let result = ''
  let shownTo = 0
  for (let at = 0; at < own.letters.length; ) {
    const length = quotedAt(at)
    if (length > 0) {
      result += `${text.slice(shownTo, own.starts[at])}…`
      shownTo = own.ends[at + length - 1]!
    }
    at += Math.max(1, length)
  }
  return result + text.slice(shownTo)
}

interface Letters {
  /** In lower case. */
  readonly letters: string
  /** Where each is in the text. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

function lettersOf(text: string): Letters {
  let letters = ''
  const starts: number[] = []
  const ends: number[] = []
  for (const {0: char, index} of text.matchAll(/[\p{L}\p{N}]/gu)) {
    for (const unit of char.toLowerCase().split('')) {
      letters += unit
      starts.push(index)
      ends.push(index + char.length)
    }
  }
  return {letters, starts, ends}
}

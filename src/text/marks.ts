import {fold, tokensOf} from './terms.ts'

/** What is marked in a text. */
export interface MarkedWords {
  /** Terms, as `termsOf` returns them, of words that are marked as a whole. */
  readonly terms: ReadonlySet<string>
  /** A beginning with the terms it stands for; of their words only its letters are marked where they have them. */
  readonly beginning?: {readonly letters: string; readonly terms: ReadonlySet<string>} | null
}

/** `[start, end)` of the marked words in UTF-16 units, in order, never touching or overlapping. */
export function marksOf(text: string, {terms, beginning}: MarkedWords): [start: number, end: number][] {
  const marks: [number, number][] = []
  for (const token of tokensOf(text)) {
    let [start, end] = [token.start, token.end]
    if (!token.terms.some((term) => terms.has(term))) {
      if (!beginning || !token.terms.some((term) => beginning.terms.has(term))) continue
      const [from, to] = lettersIn(text.slice(start, end), beginning.letters)
      end = start + to
      start += from
    }
    const last = marks.at(-1)
    // Pairs of characters overlap in scripts without spaces.
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else marks.push([start, end])
  }
  return marks
}

const partStart = /(?<![\p{L}\p{N}])[\p{L}\p{N}]|(?<=[\p{Ll}\p{N}])\p{Lu}/gu

/** Where a word, or a part of an identifier, begins with these letters; the whole word where none does. */
function lettersIn(word: string, letters: string): [from: number, to: number] {
  for (const {index} of word.matchAll(partStart)) {
    let rest = letters
    let at = index
    for (const character of word.slice(index)) {
      if (rest === '') break
      at += character.length
      if (!/[\p{L}\p{N}\p{M}]/u.test(character)) continue
      const folded = fold(character.normalize('NFKC'))
      // A letter may be folded to two, of which one was typed.
      if (!rest.startsWith(folded) && !folded.startsWith(rest)) {
        at = -1
        break
      }
      rest = rest.slice(folded.length)
    }
    if (at >= 0 && rest === '') return [index, at]
  }
  return [0, word.length]
}

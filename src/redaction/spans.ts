/** What Docent finds by itself, most telling first: of two that begin at the same place, the first wins. */
export const redactionKinds = ['key', 'password', 'email', 'card', 'phone'] as const

export type RedactionKind = (typeof redactionKinds)[number]

/** `[start, end)` in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Finds what is to be replaced in a folded text, see `folded`. Takes time in proportion to the text, whatever is in it. */
export type Find = (text: string) => Span[]

/** For patterns with the flag `v`: a letter, digit or `_`; not of a script without blanks, where a number may touch a word. */
export const wordUnit = '[[\\p{L}\\p{N}_]--[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Hang}\\p{sc=Thai}]]'

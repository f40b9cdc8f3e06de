import {finderIn, type Place} from './find-words.ts'

/** Part of a text, with what is quoted in it. */
export interface Excerpt {
  readonly text: string
  /** Offsets into `text`, in order. */
  readonly quoted: readonly Place[]
}

/** Most of the text on either side of what is quoted, in UTF-16 units. */
const maxAround = 180
const sentenceEnd = /[.!?…]["')\]”’»]*\s+|[。！？؟]\s*|\n+/g

/**
 * What is quoted of a text, each with the sentence before and after it; those near each other together. Null where the text
 * does not have all of it.
 */
export function surroundings(text: string, quotes: readonly string[]): readonly Excerpt[] | null {
  const find = finderIn(text)
  const places = quotes.map((quote) => find(quote))
  if (places.length === 0 || places.includes(null)) return null
  const sorted = (places as Place[]).sort((a, b) => a[0] - b[0])
  const excerpts: {from: number; to: number; quoted: Place[]}[] = []
  for (const [start, end] of sorted) {
    const [from, to] = [startBefore(text, start), endAfter(text, end)]
    const last = excerpts.at(-1)
    if (last === undefined || from > last.to) excerpts.push({from, to, quoted: [[start, end]]})
    else {
      last.to = Math.max(last.to, to)
      const before = last.quoted.at(-1)!
      if (start <= before[1]) last.quoted[last.quoted.length - 1] = [before[0], Math.max(before[1], end)]
      else last.quoted.push([start, end])
    }
  }
  return excerpts.map(({from, to, quoted}) => {
    const [head, tail] = [from > 0 ? '… ' : '', to < text.length ? ' …' : '']
    const by = head.length - from
    return {
      text: `${head}${text.slice(from, to)}${tail}`,
      quoted: quoted.map(([start, end]) => [start + by, end + by]),
    }
  })
}

/** Where the sentence before the one at `start` begins; a later sentence or word where it is long. */
function startBefore(text: string, start: number): number {
  const from = Math.max(0, start - maxAround)
  const window = text.slice(from, start)
  const ends = [...window.matchAll(sentenceEnd)].map(({0: {length}, index}) => index + length)
  const begin = ends.at(-2) ?? (from === 0 ? 0 : (ends[0] ?? window.search(/\s\S/) + 1))
  return from + begin
}

/** Where the sentence after the one at `end` ends; an earlier sentence or word where it is long. */
function endAfter(text: string, end: number): number {
  const to = Math.min(text.length, end + maxAround)
  const window = text.slice(end, to)
  const isClosed = /[.!?…。！？؟]["')\]”’»]*\s*$/.test(text.slice(Math.max(0, end - 4), end))
  const ends = [...window.matchAll(sentenceEnd)]
    .map(({0: sign, index}) => index + sign.trimEnd().length)
    .filter((at) => !isClosed || at > 0)
  const last = to === text.length ? window.length : (ends.at(-1) ?? window.replace(/\s+\S*$/, '').length)
  return end + (ends[isClosed ? 0 : 1] ?? last)
}

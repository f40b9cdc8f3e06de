import type {Highlight} from '../domain/index.ts'
import {markdownLine} from '../lib/markdown-line.ts'

/** Where a search found its words in an answer, for a list. */
export interface Match {
  /** A line of about 200 characters, without the marks of Markdown. */
  readonly text: string
  /** The words of the search in it, as offsets, in order. */
  readonly highlights: readonly Highlight[]
}

const lineChars = 200
const before = 60
const maxWords = 32
/** So many places are looked at, to choose the one with the most words. */
const maxPlaces = 300
/** A question is shown in full up to here: what is found in that needs no line of its own. */
const shownQuestion = 120
const [opening, closing] = ['\u0001', '\u0002']

/**
 * Where the words of a search are in an answer: the part of its text, or else of its question further down, that has most
 * of them. Null where they are in neither, as where an id was searched for.
 */
export function matchOf(
  q: string,
  {question, text}: {readonly question: string; readonly text: string},
): Match | null {
  const pattern = patternOf(q)
  return lineOf(text, pattern, 0) ?? lineOf(question, pattern, shownQuestion)
}

/** Any of the words, with or without their accents; the last may be the beginning of one. */
function patternOf(q: string): RegExp {
  const words = (folded(q.slice(0, 400)).match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, maxWords)
  if (words.length === 0) return new RegExp(folded(q.trim()).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'giu')
  const last = words.at(-1)!
  const whole = words.map((word) => `${formsOf(word)}(?![\\p{L}\\p{N}])`)
  // Scripts without spaces have no ends of words.
  const unspaced = words.filter((word) =>
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}]/u.test(
      word,
    ),
  )
  const begun = last.length > 1 ? [`${accented(last)}[\\p{L}\\p{M}\\p{N}]*`] : []
  return new RegExp(
    `(?:${unspaced.map(accented).join('|') || '(?!)'})|(?<![\\p{L}\\p{M}\\p{N}])(?:${[...whole, ...begun].join('|')})`,
    'giu',
  )
}

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '')

const accented = (word: string): string => Array.from(word, (letter) => `${letter}\\p{M}*`).join('')

const ending = '(?:ing|ies|ed|es|ers?|ly|[sey])'

/** A word with the endings of English, about as the index takes them for one word. */
function formsOf(word: string): string {
  const stem = word.replace(new RegExp(`${ending}$`, 'i'), '')
  return stem.length < 3 || !/^[a-z]+$/i.test(word)
    ? accented(word)
    : `${accented(stem)}(?:${ending}\\p{M}*)?`
}

interface Place {
  readonly from: number
  readonly to: number
  readonly word: string
}

function lineOf(text: string, pattern: RegExp, startingAt: number): Match | null {
  const decomposed = text.normalize('NFD')
  const places: Place[] = []
  for (const found of decomposed.matchAll(pattern)) {
    if (found[0] === '' || places.length === maxPlaces) break
    places.push({from: found.index, to: found.index + found[0].length, word: folded(found[0]).toLowerCase()})
  }
  const first = best(places)
  if (first === null || first.from < startingAt) return null
  const start = Math.max(0, first.from - before)
  const end = start + lineChars
  const shown = places.filter(({from, to}) => from >= first.from && to <= Math.max(end, first.to))
  return marked(decomposed, shown, Math.min(start, first.from), Math.max(end, first.to))
}

/** The place after which the most different words follow within a line. */
function best(places: readonly Place[]): Place | null {
  let chosen: Place | null = null
  let most = 0
  places.forEach((place, index) => {
    const words = new Set<string>()
    for (let i = index; i < places.length && places[i]!.to <= place.from + lineChars - before; i++)
      words.add(places[i]!.word)
    if (chosen !== null && words.size <= most) return
    chosen = place
    most = words.size
  })
  return chosen
}

/** A part of a text as one line. Its marks go through the removal of Markdown as characters that no text is to have. */
function marked(text: string, places: readonly Place[], start: number, end: number): Match {
  const clean = (part: string): string => part.replace(/[\u0001\u0002]/g, ' ')
  const first = places[0]!
  // Without the words that are cut.
  let line = clean(text.slice(start, first.from)).replace(start > 0 ? /^\S*\s/ : '', '')
  let at = first.from
  for (const {from, to} of places) {
    line += `${clean(text.slice(at, from))}${opening}${clean(text.slice(from, to))}${closing}`
    at = to
  }
  line += clean(text.slice(at, end)).replace(end < text.length ? /\s\S*$/ : '', '')
  const whole = `${start > 0 ? '…' : ''}${markdownLine(line)}${end < text.length ? '…' : ''}`
  const highlights: Highlight[] = []
  let plain = ''
  for (const piece of whole.split(/([\u0001\u0002])/)) {
    if (piece === opening) highlights.push([plain.length, plain.length])
    else if (piece === closing) highlights.push([highlights.pop()![0], plain.length])
    else plain += piece.normalize('NFC')
  }
  return {text: plain, highlights}
}

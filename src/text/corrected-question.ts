import {isStopTerm} from './stop-words.ts'
import {fold, tokensOf} from './terms.ts'

/** What a correction puts into a question. */
export interface Insertion {
  /** What was said instead, on one line and without a question mark. */
  readonly said: string
  /** What it replaces, where the text says so. */
  readonly replaced: string | null
  /** The words that an earlier correction put into the question. */
  readonly earlier: string | null
}

/** A question with a correction in it. */
export interface CorrectedQuestion {
  readonly question: string
  /** The words of the correction as they stand in the question. */
  readonly put: string
  /** Whether they took the place of others; they stand at the end where nothing says what they replace. */
  readonly replaces: boolean
}

/** Most words that a correction without a preposition or an article replaces, or is taken for a replacement with. */
const maxBareWords = 2
/** Words that a preposition may stand before and that are replaced with it. */
const maxReplaced = 3
/** Shortest word that is taken for a form of one that holds it, as `install` and `uninstall`, in UTF-16 units. */
const minAlikeLength = 4

const prepositions =
  'on|in|with|for|using|via|from|to|under|at|unter|auf|mit|für|en|con|para|sur|sous|avec|pour|dans'
const definite = 'the|my|our|der|die|das|dem|den|el|la|los|las|mi|les?|mon|ma'
const indefinite = 'an?|eine[nmr]?|ein|un[ae]?'
const preposition = new RegExp(`^(?:${prepositions})\\s+`, 'iu')
const article = new RegExp(`^(?:${definite}|${indefinite})\\s+`, 'iu')
const lastArticle = new RegExp(`(?<!\\p{L})(?:${definite}|${indefinite})\\s+$`, 'iu')
const lastPreposition = new RegExp(`(?<!\\p{L})(?:${prepositions})\\s+$`, 'iu')

/** Whether a text begins with a preposition or an article, as what is said instead often does. */
export function hasLead(text: string): boolean {
  return preposition.test(text) || article.test(text)
}

/** A text without the preposition and the article that it begins with. */
export function withoutLeads(text: string): string {
  return text.replace(preposition, '').replace(article, '')
}

/** A question with what was said instead: in the place of what it replaces, else at the end. */
export function withCorrection(question: string, insertion: Insertion): CorrectedQuestion {
  const sign = /[?？؟]\s*$/u.exec(question)?.[0].trim() ?? ''
  const body = question.replace(/[?？؟.!。！\s]+$/u, '')
  const {said} = insertion
  const [first, ...others] = placesFor(insertion, body)
  if (first === undefined) return {question: `${body} ${said}${sign}`, put: said, replaces: false}
  let left = body
  for (const [start, end] of others.toReversed()) left = left.slice(0, start) + left.slice(end)
  const [start, end] = first
  const text = `${left.slice(0, start)}${said}${left.slice(end)}${sign}`.replace(/\s+/g, ' ').trim()
  return {question: text, put: said, replaces: true}
}

type Place = readonly [start: number, end: number]

/** What is replaced, the first by what was said, the rest by nothing. */
function placesFor({said, replaced, earlier}: Insertion, question: string): readonly Place[] {
  const [first, ...others] = replaced === null ? [] : placesOf(replaced, question)
  if (first !== undefined) return [withLead(first, question, said), ...others]
  if (preposition.test(said)) return samePreposition(question, said)
  const put = earlier === null ? null : placeOfEarlier(earlier, question)
  if (article.test(said)) {
    return put !== null && article.test(question.slice(...put)) ? [put] : sameArticle(question, said)
  }
  if (wordsIn(said) > maxBareWords) return []
  const alike = placesOf(said, question)[0] ?? alikeWord(question, said)
  return alike ? [alike] : put === null ? [] : [withoutLead(put, question)]
}

/** Where the telling words of a text stand in a question. */
function placesOf(words: string, question: string): Place[] {
  const terms = new Set(tellingTerms(words))
  const places: [number, number][] = []
  for (const {start, end, terms: own} of tokensOf(question)) {
    if (!terms.has(own[0]!)) continue
    const last = places.at(-1)
    const isNext = last !== undefined && question.slice(last[1], start).trim() === ''
    if (isNext || (last !== undefined && start < last[1])) last[1] = end
    else places.push([start, end])
  }
  return places
}

/** The whole terms of the words of a text that say something about its subject. */
export function tellingTerms(text: string): string[] {
  return tokensOf(text)
    .map(({terms}) => terms[0]!)
    .filter((term) => !isStopTerm(term))
}

/** A place with the article and the preposition before it, where what is put there brings its own. */
function withLead([start, end]: Place, question: string, said: string): Place {
  let from = start
  if (hasLead(said)) from -= lastArticle.exec(question.slice(0, from))?.[0].length ?? 0
  if (preposition.test(said)) from -= lastPreposition.exec(question.slice(0, from))?.[0].length ?? 0
  return [from, end]
}

/** A place without the preposition and the article that it begins with. */
function withoutLead([start, end]: Place, question: string): Place {
  return [end - withoutLeads(question.slice(start, end)).length, end]
}

/** Where the words of an earlier correction stand, when they are few enough to be meant as a whole. */
function placeOfEarlier(put: string, question: string): Place | null {
  const start = question.lastIndexOf(put)
  if (start < 0) return null
  const [from, end] = withoutLead([start, start + put.length], question)
  return wordsIn(question.slice(from, end)) > maxBareWords ? null : [start, end]
}

function wordsIn(text: string): number {
  return text.split(/\s+/).length
}

/** The preposition that the correction begins with and the words behind it, where the question last has it. */
function samePreposition(question: string, said: string): Place[] {
  const word = preposition.exec(said)![0].trim()
  const last = [...question.matchAll(new RegExp(`(?<!\\p{L})${word}\\s+`, 'giu'))].at(-1)
  if (last === undefined) return []
  const from = last.index + last[0].length
  const skipped = article.exec(question.slice(from))?.[0].length ?? 0
  const [end] = nameEnds(question, from + skipped).slice(-1)
  return end === undefined ? [] : [[last.index, end]]
}

/** The first noun with an article of the kind that the correction begins with, rather one behind no preposition. */
function sameArticle(question: string, said: string): Place[] {
  const kind = new RegExp(`^(?:${definite})\\s`, 'iu').test(said) ? definite : indefinite
  const found = [...question.matchAll(new RegExp(`(?<!\\p{L})(?:${kind})\\s+`, 'giu'))]
  const first = found.find(({index}) => !lastPreposition.test(question.slice(0, index))) ?? found[0]
  if (first === undefined) return []
  const ends = nameEnds(question, first.index + first[0].length)
  // A long run of words goes on behind the noun: "the agent restart automatically".
  const count = ends.length > maxBareWords ? tellingTerms(said).length : ends.length
  const end = ends[Math.min(count, ends.length) - 1]
  return end === undefined ? [] : [[first.index, end]]
}

/** The ends of the words from a place on that may be one name: up to a stop word, a preposition or a sign. */
function nameEnds(question: string, from: number): number[] {
  const ends: number[] = []
  for (const token of tokensOf(question.slice(from))) {
    const start = from + token.start
    const isOver = ends.length > 0 && question.slice(ends.at(-1), start).trim() !== ''
    const isOther = token.terms.every(isStopTerm) || preposition.test(question.slice(start))
    if (isOver || isOther || ends.length === maxReplaced) break
    ends.push(from + token.end)
  }
  return ends
}

/** A word of the question that begins or ends with what was said, or the other way round: `install` and `uninstall`. */
function alikeWord(question: string, said: string): Place | null {
  const word = fold(said)
  const found = tokensOf(question).find(({start, end}) => {
    const own = fold(question.slice(start, end))
    const [short, long] = own.length < word.length ? [own, word] : [word, own]
    return short.length >= minAlikeLength && (long.startsWith(short) || long.endsWith(short))
  })
  return found ? [found.start, found.end] : null
}

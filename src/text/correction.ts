import {isStopTerm} from './stop-words.ts'
import {tokensOf} from './terms.ts'

/** A question that was corrected by the text after it. */
export interface Correction {
  /** The question with what was said instead, as one text. */
  readonly question: string
  /** What was said instead. */
  readonly said: string
}

/** Longest correction, in UTF-16 units and in words of any kind; a longer text stands alone. */
const maxLength = 120
const maxWords = 8
const maxWordsAsked = 3
/** Words that a preposition may stand before and that are replaced with it. */
const maxReplaced = 3

const denial =
  "(?:no|nope|wrong|incorrect|not that|sorry|actually|not (?:quite|really|what i (?:meant|asked))|that[’']?s (?:wrong|not (?:it|right|correct|what i (?:meant|asked)))" +
  '|nein|falsch|nicht das|non|faux|pas ça|incorrecto|mal|eso no|いいえ|いや|違う|違います|不|不是|不对|错了|لا|خطأ)'
const pause = '(?:\\s*[,.;:!、，。،！]\\s*|\\s+[-–—]+\\s*)'
const meaning =
  '(?:i (?:meant?|was asking about|am asking about|asked about)|ich (?:meine|meinte)|quer[ií]a decir|quise decir|me refer(?:ía|i|í) a|me refiero a|je (?:veux|voulais) dire|je parle(?:ais)? d[eu]|我是说|我的意思是|我指的是|أقصد)'

const denied = new RegExp(`^${denial}${pause}(?:${meaning}\\s*)?(.+)$`, 'isu')
const meant = new RegExp(`^${meaning}\\s*(.+)$`, 'isu')

/** `not X but Y`; the first group is what is replaced. */
const contrasts = [
  /^not\s+(.+?),?\s+but\s+(?:rather\s+)?(.+)$/isu,
  /^nicht\s+(.+?),?\s+sondern\s+(.+)$/isu,
  /^no\s+(.+?),?\s+sino\s+(.+)$/isu,
  /^pas\s+(.+?),?\s+mais\s+(.+)$/isu,
  /^(.+?)(?:ではなく|じゃなくて?)[、，]?\s*(.+)$/su,
  /^不是(.+?)[，,]?\s*(?:而是|是)(.+)$/su,
  /^(?:ليس|لا)\s+(.+?)[،,]?\s+بل\s+(.+)$/su,
]

/** `Y, not X`; what is replaced comes second, and must stand in the question: the form alone says too little. */
const reversed = [
  /^(.+?),?\s+(?:instead of|rather than)\s+(.+)$/isu,
  /^(.+?),\s+(?:not|nicht|pas|no)\s+(.+)$/isu,
  /^(.+?)\s+(?:statt|anstatt|anstelle von|en lugar de|en vez de|au lieu de)\s+(.+)$/isu,
]

const beginsQuestion =
  /^(?:how|what|where|when|why|which|who|can|could|does|do|did|is|are|should|will|there|wie|was|wo|wann|warum|welche[rs]?|kann|gibt|cómo|qué|dónde|cuándo|hay|comment|quoi|où|quand|quel(?:le)?s?|pourquoi|est-ce)(?!\p{L})/iu

const preposition =
  /^(on|in|with|for|using|via|from|to|under|at|unter|auf|mit|für|en|con|para|sur|sous|avec|pour|dans)\s+/iu
const article =
  /^(?:the|an?|my|our|der|die|das|dem|den|einem|einer|el|la|los|las|un|una|mi|les?|une|mon|ma)(?!\p{L})/iu

/**
 * What a text corrects in the question before it, as `no, on Windows`, `wrong, I meant the CLI` or `not X but Y` do;
 * null for a text that corrects nothing or is a question of its own. What is replaced is left out where the text says
 * it, or where the question has the same preposition.
 * @param before earlier questions, oldest first; a correction may correct another one.
 */
export function correctionOf(text: string, before: readonly string[]): Correction | null {
  let corrected = ''
  for (const earlier of before) corrected = correctionOfOne(earlier, corrected)?.question ?? earlier
  return correctionOfOne(text, corrected)
}

function correctionOfOne(text: string, question: string): Correction | null {
  const trimmed = text.trim().replace(/[.!。！]+$/u, '')
  if (question.trim() === '' || trimmed.length > maxLength) return null
  const rest = denied.exec(trimmed)?.[1] ?? meant.exec(trimmed)?.[1] ?? null
  const contrast = contrastIn(rest ?? trimmed, question) ?? contrastIn(trimmed, question)
  const said = (contrast?.said ?? rest)?.trim()
  if (said === undefined || !canBeSaid(said, rest === null ? 0 : maxWordsAsked)) return null
  return {said, question: corrected(question, said, contrast?.replaced ?? null)}
}

function contrastIn(text: string, question: string): {replaced: string; said: string} | null {
  for (const pattern of contrasts) {
    const [, replaced, said] = pattern.exec(text) ?? []
    if (replaced !== undefined && said !== undefined) return {replaced, said}
  }
  for (const pattern of reversed) {
    const [, said, replaced] = pattern.exec(text) ?? []
    if (said !== undefined && replaced !== undefined && placesOf(replaced, question).length > 0) {
      return {replaced, said}
    }
  }
  return null
}

/**
 * Whether it is a few words, one of them telling, and no question of its own.
 * @param wordsAsked how many words may end in a question mark, as in `no, on Windows?`.
 */
function canBeSaid(said: string, wordsAsked: number): boolean {
  if (/[?？؟\n]/u.test(said.slice(0, -1)) || beginsQuestion.test(said)) return false
  const count = said.split(/\s+/).length
  const isAsked = /[?？؟]$/u.test(said)
  return (
    count <= (isAsked ? wordsAsked : maxWords) &&
    tokensOf(said).some((token) => !token.terms.every(isStopTerm))
  )
}

function corrected(question: string, said: string, replaced: string | null): string {
  const places = replaced === null ? samePreposition(question, said) : placesOf(replaced, question)
  const [first] = places
  const words = said.replace(/[?？؟\s]+$/u, '')
  const sign = /[?？؟]\s*$/u.exec(question)?.[0].trim() ?? ''
  const body = question.replace(/[?？؟.!。！\s]+$/u, '')
  if (first === undefined) return `${body} ${words}${sign}`
  let left = body
  for (const [start, end] of places.slice(1).toReversed()) left = left.slice(0, start) + left.slice(end)
  const [start, end] = first
  return `${left.slice(0, start)}${words}${left.slice(end)}${sign}`.replace(/\s+/g, ' ').trim()
}

type Place = readonly [start: number, end: number]

/** Where the telling words of a text stand in a question. */
function placesOf(words: string, question: string): Place[] {
  const terms = new Set(
    tokensOf(words)
      .map(({terms}) => terms[0]!)
      .filter((term) => !isStopTerm(term)),
  )
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

/** The preposition that the correction begins with and the words behind it, where the question last has it. */
function samePreposition(question: string, said: string): Place[] {
  const word = preposition.exec(said)?.[1]
  if (word === undefined) return []
  const last = [...question.matchAll(new RegExp(`(?<!\\p{L})${word}\\s+`, 'giu'))].at(-1)
  if (last === undefined) return []
  const from = last.index + last[0].length
  const skipped = article.exec(question.slice(from))?.[0].length ?? 0
  let end = from
  let count = 0
  for (const token of tokensOf(question.slice(from + skipped))) {
    const between = question.slice(end, from + skipped + token.start)
    const isOver = count > 0 ? between.trim() !== '' : false
    if (isOver || count === maxReplaced || token.terms.every(isStopTerm)) break
    end = from + skipped + token.end
    count++
  }
  return count === 0 ? [] : [[last.index, end]]
}

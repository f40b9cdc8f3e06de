import type {Turn} from '../domain/index.ts'
import {nameKeyOf} from '../text/name-key.ts'
import {type Language, languageOfFirst, languages} from '../text/question-language.ts'
import {type BareKind, barePhrases, bareSigns, fillers} from './bare-phrases.ts'
import {type BareReplyLines, bareReplyLines} from './bare-reply-lines.ts'

/** The reply to a text that asks nothing. */
export interface BareReply {
  readonly kind: keyof BareReplyLines
  readonly text: string
}

/** What of a conversation is about the docs. */
export interface Conversation {
  /** The question without thanks and greetings before or behind it. */
  readonly question: string
  readonly history: readonly Turn[]
}

/** Longest text without a question, in UTF-16 units. */
const maxLength = 100

/** Of several kinds in one text, the first decides the reply. */
const priority: readonly BareKind[] = ['help', 'objection', 'thanks', 'farewell', 'greeting', 'agreement']
/** What may be left out before a question, and behind one: "…, right?" is part of it. */
const openings: readonly BareKind[] = ['greeting', 'thanks', 'agreement']
const closings: readonly BareKind[] = ['thanks']

/**
 * The fitting line where a text asks nothing: a greeting, thanks, "no", "help", signs alone. Null for everything else,
 * which is to be searched for.
 */
export function bareReplyTo(text: string, history: readonly Turn[]): BareReply | null {
  const phrases = phrasesIn(text)
  if (phrases === null) return null
  const kind = priority.find((one) => says(one, phrases, text)) ?? null
  const {history: earlier} = conversationOf('', history)
  const answersQuestion =
    /[?？؟]\s*$/u.test(earlier.at(-1)?.content ?? '') && earlier.at(-1)?.role === 'assistant'
  // A model may have asked something back.
  if (answersQuestion && (kind === 'objection' || kind === 'agreement')) return null
  const asksBack = kind === null || ((kind === 'objection' || kind === 'agreement') && earlier.length === 0)
  const shown = asksBack ? 'question' : kind
  return {kind: shown, text: bareReplyLines[languageOf(phrases, history)][shown]}
}

function says(kind: BareKind, phrases: readonly Phrase[], text: string): boolean {
  return phrases.some((phrase) => phrase.kind === kind) || (bareSigns[kind]?.test(text) ?? false)
}

/**
 * The question and the turns before it, without what asks nothing and what was replied to it: neither says what the
 * conversation is about.
 */
export function conversationOf(question: string, history: readonly Turn[]): Conversation {
  const turns: Turn[] = []
  let isBare = false
  for (const turn of history) {
    if (turn.role === 'user') isBare = phrasesIn(turn.content) !== null
    if (isBare) continue
    turns.push(turn.role === 'user' ? {...turn, content: withoutCourtesies(turn.content)} : turn)
  }
  return {question: withoutCourtesies(question), history: turns}
}

interface Phrase {
  readonly kind: BareKind
  readonly languages: readonly Language[]
}

const maxPhraseWords = 8

/** Phrases by their words, with the languages that have them. A phrase has one kind in all of them. */
const phrasesByKey = new Map<string, Phrase>()
for (const language of languages) {
  for (const [kind, listed] of Object.entries(barePhrases[language]) as [BareKind, string][]) {
    for (const phrase of listed.split(', ')) {
      const key = keyOf(phrase)
      const known = phrasesByKey.get(key)
      phrasesByKey.set(key, {kind: known?.kind ?? kind, languages: [...(known?.languages ?? []), language]})
    }
  }
}
const fillerWords = new Set(fillers.split(' '))

/** The words of a text, without marks over and under them. */
function keyOf(text: string): string {
  return nameKeyOf(text.replace(/[\u064b-\u0652]/g, '')).replace(/[+#]/g, '')
}

/** The phrases that a text consists of; none for one of signs alone, null for one that has other words. */
function phrasesIn(text: string): Phrase[] | null {
  if (text.length > maxLength) return null
  const words = keyOf(text).split(' ').filter(Boolean)
  const found: Phrase[] = []
  for (let at = 0; at < words.length; ) {
    let length = Math.min(maxPhraseWords, words.length - at)
    while (length > 0 && !phrasesByKey.has(words.slice(at, at + length).join(' '))) length--
    if (length > 0) found.push(phrasesByKey.get(words.slice(at, at + length).join(' '))!)
    else if (!fillerWords.has(words[at]!)) return null
    at += Math.max(1, length)
  }
  // Fillers alone are words of something else.
  return words.length > 0 && found.length === 0 ? null : found
}

/** The language that has all of the phrases; that of the conversation where several have them. */
function languageOf(phrases: readonly Phrase[], history: readonly Turn[]): Language {
  const questions = history.filter(({role}) => role === 'user').map(({content}) => content)
  const earlier = languageOfFirst(questions.toReversed())
  const shared = languages.filter((language) =>
    phrases.every((phrase) => phrase.languages.includes(language)),
  )
  if (shared.length === 1) return shared[0]!
  return earlier ?? phrases[0]?.languages[0] ?? 'en'
}

/** A question without the greeting or thanks before or behind it; unchanged where nothing else would be left. */
export function withoutCourtesies(text: string): string {
  let left = text
  for (;;) {
    const next = withoutLast(withoutFirst(left))
    if (next === left) return left
    left = next
  }
}

function consistsOf(kinds: readonly BareKind[], text: string): boolean {
  const phrases = phrasesIn(text)
  return phrases !== null && phrases.length > 0 && phrases.every(({kind}) => kinds.includes(kind))
}

const pause = /[,.!;:…、，。！،\n–—]+/u

function withoutFirst(text: string): string {
  const found = pause.exec(text.slice(0, maxLength))
  if (found === null || !consistsOf(openings, text.slice(0, found.index))) return text
  const rest = text.slice(found.index + found[0].length).trimStart()
  return /[\p{L}\p{N}]/u.test(rest) && phrasesIn(rest) === null ? rest : text
}

function withoutLast(text: string): string {
  const end = text.replace(/[^\p{L}\p{N}]+$/u, '')
  const last = end.slice(-maxLength)
  const from =
    end.length -
    last.length +
    Math.max(...[...last.matchAll(/[?？؟,.!;…、，。！،\n]/gu)].map(({index}) => index + 1), 0)
  if (from === 0 || !consistsOf(closings, end.slice(from))) return text
  const rest = end.slice(0, from).replace(/[\s,;、，،]+$/u, '')
  return phrasesIn(rest) === null ? rest : text
}

import type {Turn} from '../domain/index.ts'
import {isExtract} from '../generation/index.ts'
import {rejectionOf} from '../text/correction.ts'
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
  if (phrases === null) return replyToRejection(text, history)
  const kind = priority.find((one) => says(one, phrases, text)) ?? null
  const {history: earlier} = conversationOf('', history)
  if (asksBack(earlier.at(-1)) && (kind === 'objection' || kind === 'agreement')) return null
  const isUnclear = kind === null || ((kind === 'objection' || kind === 'agreement') && earlier.length === 0)
  const shown = isUnclear ? 'question' : kind
  return {kind: shown, text: bareReplyLines[languageOf(phrases, history)][shown]}
}

/** "not Linux" says what is not meant of the question before, and not yet what is. */
function replyToRejection(text: string, history: readonly Turn[]): BareReply | null {
  const asked = conversationOf('', history).history.filter(({role}) => role === 'user')
  const before = asked.map(({content}) => content)
  if (rejectionOf(withoutCourtesies(text), before) === null) return null
  return {kind: 'rejection', text: bareReplyLines[languageOf([], history)].rejection}
}

/** Whether a turn is a question of the model's own, which yes and no answer. */
function asksBack(turn: Turn | undefined): boolean {
  if (turn?.role !== 'assistant' || !/[?？؟]\s*$/u.test(turn.content)) return false
  return !isExtract(turn.content) && !rejectionLines.has(turn.content)
}

const rejectionLines = new Set(languages.map((language) => bareReplyLines[language].rejection))

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

/** Vowel signs over and under Arabic letters, apostrophes, and what chooses how an emoji looks or joins it to another. */
const unsaid = /[\u064b-\u0652]|['’‘ʼ]|[\ufe0e\ufe0f]|\u200d/g

/** Phrases by their words, with the languages that have them. A phrase has one kind in all of them. */
const phrasesByKey = new Map<string, Phrase>()
for (const language of languages) {
  for (const [kind, listed] of Object.entries(barePhrases[language]) as [BareKind, string][]) {
    for (const key of listed.split(', ').flatMap(expanded).map(keyOf)) {
      const known = phrasesByKey.get(key)
      phrasesByKey.set(key, {kind: known?.kind ?? kind, languages: [...(known?.languages ?? []), language]})
    }
  }
}
const fillerWords = new Set(fillers.split(' '))

/** A phrase with each of the alternatives of its `(a|b)`. */
function expanded(phrase: string): string[] {
  const [whole, listed] = /\(([^)]*)\)/.exec(phrase) ?? []
  if (whole === undefined || listed === undefined) return [phrase]
  return listed.split('|').flatMap((one) => expanded(phrase.replace(whole, one)))
}

/** The words of a text; a letter that is drawn out at the end of one, as in "nooo", counts once. */
function keyOf(text: string): string {
  return nameKeyOf(text.replace(unsaid, ''))
    .replace(/[+#]/g, '')
    .replace(/(\p{L})\1{2,}(?=\s|$)/gu, '$1')
}

/** Signs of code, where `--help`, `help()`, `/help` and `` `help` `` are meant as written. */
const code = /[`_=|\\]|(?:^|\s)(?:--?|[/$@:#!.])(?=\p{L})|\p{L}\(/u

/** The phrases that a text consists of; none for one of signs alone, null for one that has other words. */
function phrasesIn(text: string): Phrase[] | null {
  if (text.length > maxLength || code.test(text)) return null
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

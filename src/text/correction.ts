import {hasLead, tellingTerms, withCorrection, withoutLeads} from './corrected-question.ts'

/** A question that was corrected by the text after it. */
export interface Correction {
  /** The question with what was said instead, as one text. */
  readonly question: string
  /** What was said instead. */
  readonly said: string
  /** Whether it took the place of other words; else it was added to them. */
  readonly replaces: boolean
  /** The place, among the earlier questions, of the one that it corrects, itself or through other corrections. */
  readonly index: number
}

/** Longest correction, in UTF-16 units and in words of any kind; a longer text stands alone. */
const maxLength = 120
const maxWords = 8
const maxWordsAsked = 3
const maxRejected = 2

const pause = '(?:\\s*(?:[,;!…、，。،！]|(?<=\\.)\\.|(?<!\\.)\\.(?![^\\s.]))+\\s*|\\s+[-–—]+\\s*)'
const denial =
  "(?:no|nope|wrong|incorrect|not that|not (?:quite|really|what i (?:meant|asked))|(?:that|this|it)(?:[’']?s| is) (?:wrong|not (?:it|right|correct|what i (?:meant|asked|want|wanted)))" +
  '|nein|falsch|nicht das|non|faux|pas ça|incorrecto|mal|eso no|いいえ|いや|違う|違います|不|不是|不对|错了|لا|خطأ)'
/** Words that also begin a question of its own, as in `sorry, explain probes`. */
const apology = '(?:sorry|actually|oh)'
const meaning =
  '(?:i (?:meant?|said|was asking about|am asking about|asked about)|ich (?:meine|meinte)|quer[ií]a decir|quise decir|me refer(?:ía|i|í) a|me refiero a|je (?:veux|voulais) dire|je parle(?:ais)? d[eu]|我是说|我的意思是|我指的是|أقصد)'
/** What may come before a preposition: `no, I'm on Windows`. */
const being = "(?:(?:i|it|we)(?:[’']?(?:m|s|re)| am| is| are)\\s+(?=(?:on|in|with|using|for)\\s))"
const negation = '(?:not|nicht|pas)'

const denied = new RegExp(
  `^${denial}(?:${pause}(?:${meaning}\\s*|${being}|是(?!否))?|\\s+${meaning}\\s+|\\s+(?=${negation}\\s|(?:${denial}|${apology})${pause}))(.+)$`,
  'isu',
)
const apologised = new RegExp(
  `^${apology}(?:${pause}${being}?|\\s+(?=(?:on|with|using)\\s|${apology}${pause}))(.+)$`,
  'isu',
)
const meant = new RegExp(`^(?:${apology}(?:${pause}|\\s+))?${meaning}\\s*(.+)$`, 'isu')

/** `not X but Y`; the first group is what is replaced. */
const contrasts = [
  /^not\s+(.+?),?\s+but\s+(?:rather\s+)?(.+)$/isu,
  /^nicht\s+(.+?),?\s+sondern\s+(.+)$/isu,
  /^no\s+(.+?),?\s+sino\s+(.+)$/isu,
  /^pas\s+(.+?),?\s+mais\s+(.+)$/isu,
  /^(.+?)(?:ではなく|じゃなくて?)[、，]?\s*(.+)$/su,
  // 是否 is one word: whether.
  /^不是(.+?)[，,]?\s*(?:而是|是)(?!否)(.+)$/su,
  /^(?:ليس|لا)\s+(.+?)[،,]?\s+بل\s+(.+)$/su,
]

/** `not X, Y` */
const denials = [
  new RegExp(`^${negation}\\s+(.+?)${pause}(.+)$`, 'isu'),
  new RegExp(`^(?:no|kein(?:e[nrs]?)?|ليس)\\s+(.+?)${pause}(.+)$`, 'isu'),
  new RegExp(`^不是(.+?)${pause}(.+)$`, 'isu'),
]

/** `Y, not X`: what is replaced comes second. */
const reversed = [
  /^(.+?),?\s+(?:instead of|rather than)\s+(.+)$/isu,
  /^(.+?),\s+(?:not|nicht|pas|no)\s+(.+)$/isu,
  /^(.+?)\s+(?:statt|anstatt|anstelle von|en lugar de|en vez de|au lieu de)\s+(.+)$/isu,
]

/** `not X` and no more. */
const rejections = [
  new RegExp(`^(?:${negation}|no|kein(?:e[nrs]?)?|ليس)\\s+(.+)$`, 'isu'),
  /^不是(.+)$/su,
  /^(.+?)(?:ではなく|ではない|じゃない|ではありません)(?:です)?$/su,
]

const beginsQuestion =
  /^(?:how|what|where|when|why|which|who|can|could|does|do|did|is|are|should|will|there|wie|was|wo|wann|warum|welche[rs]?|kann|gibt|cómo|qué|dónde|cuándo|hay|comment|quoi|où|quand|quel(?:le)?s?|pourquoi|est-ce)(?!\p{L})/iu

const courtesy =
  /[\s,、]*(?:(?<!\p{L})(?:please|pls|instead|bitte|por favor|s[’']il (?:vous|te) pla[iî]t|svp)|(?:を?お願いします|です))(?=\s*[?？؟]?$)/iu

/** A conversation up to one of its texts. */
interface Conversation {
  /** The last question with its corrections. */
  readonly question: string
  readonly index: number
  /** The question and its corrections as they were written. */
  readonly written: string
  /** What the last correction put into the question. */
  readonly put: string | null
  /** What the last text rejected without saying what instead. */
  readonly rejected: string | null
}

const nothing: Conversation = {question: '', index: -1, written: '', put: null, rejected: null}

/**
 * What a text corrects in the question before it, as `no, on Windows`, `wrong, I meant the CLI` or `not X but Y` do;
 * null for a text that corrects nothing or is a question of its own. What is replaced is left out where the text says
 * it, where the question has the same preposition or kind of article, and where an earlier correction put in a few words.
 * @param before earlier questions, oldest first; a correction may correct another one.
 */
export function correctionOf(text: string, before: readonly string[]): Correction | null {
  const conversation = conversationAfter(before)
  const said = saidIn(text, conversation)
  if (said === null) return null
  const {question, replaces} = withCorrection(conversation.question, {...said, earlier: conversation.put})
  return {question, replaces, said: said.said, index: conversation.index}
}

/**
 * What a text rejects of the question before it without saying what instead, as `not Linux` does; null for any other
 * text, also for one that says again what the question says.
 * @param before earlier questions, oldest first.
 */
export function rejectionOf(text: string, before: readonly string[]): string | null {
  const conversation = conversationAfter(before)
  return saidIn(text, conversation) === null ? rejectedIn(text, conversation) : null
}

function conversationAfter(before: readonly string[]): Conversation {
  let conversation = nothing
  for (const [index, text] of before.entries()) {
    const said = saidIn(text, conversation)
    const rejected = said === null ? rejectedIn(text, conversation) : null
    const written = `${conversation.written}\n${text}`
    if (rejected !== null) conversation = {...conversation, rejected}
    else if (said === null) conversation = {...nothing, question: text, index, written: text}
    else {
      const {question, put} = withCorrection(conversation.question, {...said, earlier: conversation.put})
      conversation = {...conversation, question, written, put, rejected: null}
    }
  }
  return conversation
}

interface Said {
  readonly said: string
  /** What the text says that it replaces, if any. */
  readonly replaced: string | null
}

function saidIn(text: string, conversation: Conversation): Said | null {
  const trimmed = trimmedText(text)
  if (conversation.question.trim() === '' || trimmed.length > maxLength) return null
  const rest = restOf(trimmed)
  const found =
    contrastIn(rest ?? trimmed, conversation, rest !== null) ?? contrastIn(trimmed, conversation, false)
  const answer = rest === null && conversation.rejected !== null ? trimmed : null
  const said = found?.said ?? rest ?? answer
  if (said === null || !canBeSaid(said, rest === null && answer === null ? 0 : maxWordsAsked)) return null
  if (said === answer && said.split(/\s+/).length > maxWordsAsked) return null
  if (found === null && rejectedIn(text, conversation) !== null) return null
  const replaced = found?.replaced ?? conversation.rejected
  return {said: said.replace(/[?？؟\s]+$/u, '').replace(/\s+/g, ' '), replaced}
}

function trimmedText(text: string): string {
  const trimmed = text.trim()
  if (trimmed.length > maxLength) return trimmed
  return trimmed
    .replace(/[.!…。！]+$/u, '')
    .replace(courtesy, '')
    .trim()
}

/** What comes after "no," or "I meant", or several of them; null for a text that says neither. */
function restOf(text: string): string | null {
  const rest = (meant.exec(text)?.[1] ?? denied.exec(text)?.[1])?.trim()
  if (rest !== undefined) return restOf(rest) ?? rest
  const apologetic = apologised.exec(text)?.[1]?.trim()
  if (apologetic === undefined) return null
  const further = restOf(apologetic)
  if (further !== null) return further
  // Several small words are a sentence of their own: `sorry, deploy the app`.
  const isName =
    !/\s/.test(apologetic) || apologetic.split(/\s+/).every((word) => /^[\p{Lu}\p{N}]/u.test(word))
  const isContrast = new RegExp(`^${negation}\\s`, 'iu').test(apologetic)
  return isName || isContrast || hasLead(apologetic) ? apologetic : null
}

/** @param isDenied whether "no" comes before it, so that what is replaced need not have been asked about. */
function contrastIn(text: string, {written}: Conversation, isDenied: boolean): Said | null {
  const asked = new Set(tellingTerms(written))
  const isSome = (words: string): boolean => tellingTerms(words).some((term) => asked.has(term))
  for (const pattern of contrasts) {
    const [, replaced, said] = pattern.exec(text) ?? []
    if (replaced && said && (isDenied || isSome(replaced))) return {replaced, said: said.trim()}
  }
  // These forms say less by themselves: `no space left, error 28`.
  for (const pattern of denials) {
    const [, replaced, said] = pattern.exec(text) ?? []
    if (replaced && said && areAsked(replaced, asked)) return {replaced, said: said.trim()}
  }
  for (const pattern of reversed) {
    const [, said, replaced] = pattern.exec(text) ?? []
    if (said && replaced && isSome(replaced)) return {replaced, said: said.trim()}
  }
  return null
}

function areAsked(words: string, asked: ReadonlySet<string>): boolean {
  const terms = tellingTerms(withoutLeads(words))
  return terms.length > 0 && terms.every((term) => asked.has(term))
}

function rejectedIn(text: string, {written}: Conversation): string | null {
  const trimmed = trimmedText(text)
  if (trimmed.length > maxLength || /[?？؟\n]/u.test(trimmed)) return null
  const rest = restOf(trimmed) ?? trimmed
  if (written.toLowerCase().includes(rest.toLowerCase())) return null
  const asked = new Set(tellingTerms(written))
  for (const pattern of rejections) {
    const rejected = pattern.exec(rest)?.[1]?.trim()
    if (rejected === undefined || !areAsked(rejected, asked)) continue
    // More words tell something: `not installed on Linux`.
    if (withoutLeads(rejected).split(/\s+/).length <= maxRejected) return rejected
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
  return count <= (isAsked ? wordsAsked : maxWords) && tellingTerms(said).length > 0
}

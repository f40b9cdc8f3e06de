import {withoutLetterFrame} from './letter-frame.ts'
import {sentencesOf} from './sentences.ts'
import {countContentWords} from './stop-words.ts'
import {countWords} from './words.ts'

/** A question that came with a pasted log, trace, configuration or code, or with a story. */
export interface QuestionWithPaste {
  /** What its writer asks, without what was pasted or told; empty when nothing was said beside a paste. */
  readonly asked: string
  /** What is second to it: the line of the paste that says most, an error message, or the story. Empty for none. */
  readonly message: string
}

/** Shorter texts, in words, are searched for as they are. */
const storyWords = 45
/** A question with fewer content words needs what was told before it. */
const minAskedWords = 3

/** What a text asks, and what is second to it: of a paste, of a story, and of a letter without its salutation and sign-off. */
export function askedIn(text: string): QuestionWithPaste {
  const body = withoutLetterFrame(text)
  const found = questionWithPasteOf(body) ?? questionInStory(body)
  if (found === null) return {asked: body, message: ''}
  return found.asked === '' ? {asked: found.message || body, message: ''} : found
}

/**
 * Finds the question in a long text in prose: of fifty words about a company and a boss the ten that ask should be searched
 * for. Of a text of several paragraphs they are those with a question, or the last one. Null for a short text, and where
 * the question alone says too little.
 */
export function questionInStory(text: string): QuestionWithPaste | null {
  if (countWords(text) < storyWords) return null
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '')
  const asking = paragraphs.filter((paragraph) => endsAsQuestion.test(paragraph.trim()))
  const ofParagraphs =
    paragraphs.length > 1 ? questionOf(paragraphs, asking.length > 0 ? asking : paragraphs.slice(-1)) : null
  if (ofParagraphs !== null) return ofParagraphs
  const sentences = sentencesOf(text).map((sentence) => sentence.text)
  return questionOf(
    sentences,
    sentences.filter((sentence) => endsAsQuestion.test(sentence)),
  )
}

/** The pieces that ask, and the others; null where they say too little, or as much as the others. */
function questionOf(pieces: readonly string[], asking: readonly string[]): QuestionWithPaste | null {
  const joined = (some: readonly string[]) => some.join(' ').replace(/\s+/g, ' ').trim()
  const asked = joined(asking)
  const message = joined(pieces.filter((piece) => !asking.includes(piece)))
  const saysEnough = countContentWords(asked) >= minAskedWords
  return saysEnough && countWords(message) > countWords(asked) ? {asked, message} : null
}

/** A block of prose between pasted lines. */
interface Prose {
  text: string
  isQuestion: boolean
}

/**
 * Finds the question in a text of several lines: a paste of three lines has more words than the question and would
 * drown it. Null when nothing in it looks pasted.
 *
 * A question mark marks a question in any language; what a log line looks like is told by its punctuation, and by the
 * English words that logs are written in.
 */
export function questionWithPasteOf(text: string): QuestionWithPaste | null {
  const lines = text.split(/\r?\n/)
  if (lines.length < 2) return null
  const asks = lines.some((line) => endsAsQuestion.test(line))
  const prose: Prose[] = []
  const pasted: string[] = []
  let isFenced = false
  let isProse = false
  for (const line of lines.map((each) => each.trimEnd())) {
    if (/^\s*(?:```|~~~)/.test(line)) {
      isFenced = !isFenced
      isProse = false
    } else if (line.trim() === '') {
      isProse = false
    } else if (isFenced || !looksWritten(line) || (asks && isMessage(line))) {
      pasted.push(line.trim())
      isProse = false
    } else {
      const isQuestion = endsAsQuestion.test(line)
      const last = prose.at(-1)
      if (isProse && last !== undefined) {
        last.text += ` ${line.trim()}`
        last.isQuestion ||= isQuestion
      } else prose.push({text: line.trim(), isQuestion})
      isProse = true
    }
  }
  if (pasted.length === 0) return null
  return {asked: questionIn(prose), message: messageIn(pasted)}
}

/** The blocks with a question; without any, what was said first or last. */
function questionIn(prose: readonly Prose[]): string {
  const questions = prose.filter(({isQuestion}) => isQuestion)
  if (questions.length > 0) return questions.map(({text}) => text).join(' ')
  // What announces the paste asks nothing.
  const said = prose.filter(({text}) => !/[:：]$/.test(text))
  const told = said.length > 0 ? said : prose
  return [...new Set([told.at(0)?.text, told.at(-1)?.text])].filter(Boolean).join(' ')
}

const endsAsQuestion = /[?？؟\u037e](?:["'”’)\]]*)$|[?？؟]\s/u

/** How log lines, traces, configuration and code begin, and what prose does not contain. */
const pastedMarks = [
  // Dates and times; levels; names of exceptions; frames of a trace.
  /^\W*(?:\d{4}-\d\d-\d\d|\d\d:\d\d|\[?\d+\.\d+\]?\s)/,
  /^\W*(?:trace|debug|info|notice|warn(?:ing)?|error|err|fatal|panic|critical|severe)\b\W*[:\])|[]/i,
  /^[\w.$]*(?:Error|Exception|Warning)\b/,
  /^\s*(?:at\s+[\w$.<]+[\s.(]|File "|Caused by|Traceback|\.{3} \d+ more|goroutine \d|stack backtrace|note:|help:)/,
  // Prompts, comments, keys, markup, lines that end as code does.
  /^\s*(?:[$>%]\s|\/\/|\/\*|#!|<\/?[\w!?]|[{}[\]()|]|--?\w)/,
  /^\s*(?:-\s+)?["']?[\w./@-]+["']?\s*[:=](?:\s|$|["'[{(\d])/,
  /[{;([,\\|]\s*$|=>|->|::|&&|\|\||\(\)|={2,}/,
]

/** Share of the words of a written line that are plain: letters only. */
const leastPlainShare = 0.7

/** Whether a person wrote the line, rather than a program. */
function looksWritten(line: string): boolean {
  const words = line.trim().split(/\s+/)
  const plain = words.filter((word) =>
    /^[("'“‘¿¡]*[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*["'”’).,;:!?？。、]*$/u.test(word),
  )
  if (endsAsQuestion.test(line) && plain.length * 2 >= words.length) return true
  if (pastedMarks.some((mark) => mark.test(line))) return false
  return plain.length >= words.length * leastPlainShare
}

const messageWords =
  /\b(?:error|exception|fail(?:ed|ure|s)?|fatal|panic|cannot|can't|could not|couldn't|unable|denied|refused|rejected|invalid|illegal|unknown|unexpected|unsupported|undefined|unresolved|missing|not (?:found|allowed|supported|permitted|exist)|no such|timed? ?out|conflict|deprecated)\b/gi

/** Whether a line of prose that asks nothing is a program's message: it tells of a failure, and nobody speaks in it. */
function isMessage(line: string): boolean {
  const marks = line.match(messageWords)?.length ?? 0
  return marks > 0 && !endsAsQuestion.test(line) && !speaks.test(line)
}

/** The person who asks, or one who is asked. */
const speaks =
  /\b(?:i|i'm|i've|my|me|we|we're|our|us|please|help)\b|^(?:how|what|why|when|where|which|who)\b/i

/** The line with the most words of failure for its content; the first of equal ones. Empty when none has any. */
function messageIn(lines: readonly string[]): string {
  let best = ''
  let bestScore = 0
  for (const line of lines) {
    const marks = line.match(messageWords)?.length ?? 0
    if (marks === 0) continue
    const content = countContentWords(line)
    // A message says something: a bare "FAILED" does not, and neither does a frame of a trace.
    const score = Math.min(marks, 3) + Math.min(content, 8) / 4 - (/^\s*(?:at\s|File ")/.test(line) ? 3 : 0)
    if (score > bestScore) {
      best = line
      bestScore = score
    }
  }
  return best
}

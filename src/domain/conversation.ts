import type {Turn} from './question.ts'

const pointing =
  /\b(?:it|its|that|this|these|those|they|them|their|one|ones|there|he|she|him|her|same|former|latter|such|else|instead|too|again|another|other|others|more)\b/i
const continuing =
  /^\s*(?:and|but|or|so|then|also|what about|how about|what if|why|ok|okay|yes|no|now|are (?:those|these|they)|is (?:it|that|this)|can (?:it|they|that|this)|does (?:it|that|this)|do (?:they|these|those)|in that case)\b/i

/** Whether a question has a word that may refer to an earlier turn, as `it`. */
export function mayPointBack(question: string): boolean {
  return pointing.test(question)
}

/** Whether a question begins like a continuation of an earlier turn, as `And …`. */
export function mayContinue(question: string): boolean {
  return continuing.test(question)
}

/**
 * The turns before a question when it was first asked: the whole history for a new one. So a repeated question is
 * understood as it was the first time, whatever was answered since.
 *
 * It is a repetition where it is asked twice in a row, and where it opened the conversation, since then it depended on
 * nothing. Elsewhere the same words may mean something else, as "And on Windows?" refers to the last turn: then the turns
 * stay, except those in which it was asked and answered, which do not show what it means now.
 */
export function turnsBefore(question: string, history: readonly Turn[]): readonly Turn[] {
  const words = wordsOf(question)
  const userTurns = history.flatMap(({role}, at) => (role === 'user' ? [at] : []))
  const isSameQuestion = (at: number): boolean => wordsOf(history[at]!.content) === words
  const [opening] = userTurns
  if (opening !== undefined && isSameQuestion(opening)) return history.slice(0, opening)
  let first = history.length
  for (const at of userTurns.toReversed()) {
    if (!isSameQuestion(at)) break
    first = at
  }
  const isRepetition = (at: number): boolean =>
    history[at]!.role === 'user'
      ? isSameQuestion(at)
      : at > 0 && history[at - 1]!.role === 'user' && isSameQuestion(at - 1)
  return history.slice(0, first).filter((_, at) => !isRepetition(at))
}

/** A text's words in lower case, without punctuation; a text of punctuation alone unchanged. */
function wordsOf(text: string): string {
  return (
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu)
      ?.join(' ') ?? text.trim()
  )
}

import type {Turn} from './question.ts'

const pointing =
  /\b(?:it|its|that|this|these|those|they|them|their|one|ones|there|he|she|him|her|same|former|latter|such|else|instead|too|again|another|other|others|more)\b/i
const continuing =
  /^\s*(?:and|but|or|so|then|also|what about|how about|what if|why|ok|okay|yes|no|now|are (?:those|these|they)|is (?:it|that|this)|can (?:it|they|that|this)|does (?:it|that|this)|do (?:they|these|those)|in that case)\b/i

/** Whether a question has a word that may point at what was said before, as `it`. */
export function mayPointBack(question: string): boolean {
  return pointing.test(question)
}

/** Whether a question begins like one that goes on with what was said before, as `And …`. */
export function mayContinue(question: string): boolean {
  return continuing.test(question)
}

/**
 * What was said before a question when it was asked first: all of the history for one that is new. So a question that
 * is asked again is understood as it was then, and what was answered since does not change what it asks for.
 *
 * It is the same question where it is asked twice in a row, and where it opened the conversation, since then it leaned
 * on nothing. Between others the same words may mean something else, as "And on Windows?" is about what was said last:
 * then the turns stay, but for those in which it was asked and answered, which say nothing of what it is about now.
 */
export function turnsBefore(question: string, history: readonly Turn[]): readonly Turn[] {
  const asked = wordsOf(question)
  const places = history.flatMap(({role}, at) => (role === 'user' ? [at] : []))
  const isAsked = (at: number): boolean => wordsOf(history[at]!.content) === asked
  const [opening] = places
  if (opening !== undefined && isAsked(opening)) return history.slice(0, opening)
  let first = history.length
  for (const at of places.toReversed()) {
    if (!isAsked(at)) break
    first = at
  }
  const isOfAsking = (at: number): boolean =>
    history[at]!.role === 'user' ? isAsked(at) : at > 0 && history[at - 1]!.role === 'user' && isAsked(at - 1)
  return history.slice(0, first).filter((_, at) => !isOfAsking(at))
}

/** In small letters, without the marks around them; a text of marks alone as it is. */
function wordsOf(text: string): string {
  return (
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu)
      ?.join(' ') ?? text.trim()
  )
}

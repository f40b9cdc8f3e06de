import {mayGoOn, mayPointBack, type Turn} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {tokensOf} from '../text/terms.ts'

/** What a question takes over from the conversation before it. */
export interface Topic {
  /** Words of earlier turns, as they were written, the weightiest first. Empty when there is nothing to take over. */
  readonly words: readonly string[]
  /** Their terms. */
  readonly terms: readonly string[]
  /** From 0, the question stands alone, to 1, it says nothing without them. */
  readonly weight: number
}

export const noTopic: Topic = {words: [], terms: [], weight: 0}

const maxTopicWords = 8
const maxTurns = 6

/**
 * The topic of a conversation for its next question, without a model: telling words of the turns before it, of
 * later turns and of questions more than of answers, and how much the question leans on them.
 */
export function topicOf(
  question: string,
  history: readonly Turn[],
  weightOf: (term: string) => number,
): Topic {
  if (history.length === 0) return noTopic
  const own = new Set(tokensOf(question).flatMap((token) => token.terms))
  const scores = new Map<string, {score: number; word: string; terms: readonly string[]}>()
  const turns = history.slice(-maxTurns)
  let age = 0
  for (let at = turns.length - 1; at >= 0; at--) {
    const turn = turns[at]!
    const share = 0.75 ** age * (turn.role === 'user' ? 1 : 0.4)
    if (turn.role === 'user') age++
    const text = headOf(turn.content, turn.role === 'assistant' ? 600 : 2_000)
    const counted = new Set<string>()
    for (const token of tokensOf(text)) {
      const key = token.terms[0]!
      if (isStopTerm(key) || counted.has(key) || /^\d+$/.test(key)) continue
      counted.add(key)
      const weight = weightOf(key)
      const before = scores.get(key)
      if (before === undefined) {
        scores.set(key, {score: share * weight, word: text.slice(token.start, token.end), terms: token.terms})
      } else before.score += share * weight
    }
  }
  const top = [...scores.values()]
    .filter(({terms}) => !own.has(terms[0]!))
    .sort((a, b) => b.score - a.score)
    .slice(0, maxTopicWords)
  const weight = dependenceOf(question)
  if (top.length === 0 || weight === 0) return noTopic
  return {
    words: top.map(({word}) => word),
    terms: [...new Set(top.flatMap(({terms}) => terms))],
    weight,
  }
}

/** How much a question needs what was said before: from 0, not at all, to 1. */
export function dependenceOf(question: string): number {
  const telling = tokensOf(question).filter((token) => !token.terms.every(isStopTerm)).length
  let dependence = telling <= 1 ? 0.6 : telling <= 3 ? 0.35 : telling <= 5 ? 0.2 : 0.1
  if (mayPointBack(question)) dependence += 0.25
  if (mayGoOn(question)) dependence += 0.25
  return Math.min(1, dependence)
}

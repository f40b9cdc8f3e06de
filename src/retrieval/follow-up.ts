import {mayContinue, mayPointBack, type Turn} from '../domain/index.ts'
import {headOf} from '../lib/cut.ts'
import {correctionOf} from '../text/correction.ts'
import {analysisOf, type LanguageAnalysis} from '../text/language-analysis.ts'
import {countContentWords} from '../text/stop-words.ts'
import {tokensOf} from '../text/terms.ts'

/** What a question takes from the conversation before it. */
export interface Topic {
  /** Words of earlier turns as they were written, the most important first. Empty when there is nothing to take. */
  readonly words: readonly string[]
  /** Their terms. */
  readonly terms: readonly string[]
  /** From 0, the question stands alone, to 1, it means nothing without them. */
  readonly weight: number
}

export const noTopic: Topic = {words: [], terms: [], weight: 0}

const maxTopicWords = 8
const maxTurns = 6

/** How much more the words of a correction weigh than the rest of the question that it corrects. */
const correctionWeight = 0.5
/** The same where they replaced nothing, so that the words that they correct are still in the question. */
const additionWeight = 1

/**
 * A question with what it takes from the conversation. A correction, as "no, on Windows", becomes the question that it
 * corrects, with its own words a second time as the topic; nothing else is the topic of one that replaces nothing.
 */
export function followUpOf(
  question: string,
  history: readonly Turn[],
  weightOf: (term: string) => number,
  analysis: LanguageAnalysis = analysisOf(null),
): {readonly question: string; readonly topic: Topic} {
  const turns = history.flatMap(({role, content}, at) => (role === 'user' ? [{content, at}] : []))
  const correction = correctionOf(
    question,
    turns.map(({content}) => content),
  )
  if (correction === null) return {question, topic: topicOf(question, history, weightOf, analysis)}
  const terms = tokensOf(correction.said, analysis)
    .filter((token) => !token.terms.every(analysis.isStopTerm))
    .flatMap((token) => token.terms)
  // Words that are still in the question must not outweigh those that were said instead of them.
  if (!correction.replaces) {
    return {question: correction.question, topic: {words: [correction.said], terms, weight: additionWeight}}
  }
  const before = history.slice(0, turns[correction.index]!.at)
  const earlier = topicOf(correction.question, before, weightOf, analysis)
  return {
    question: correction.question,
    topic: {
      words: earlier.words,
      terms: [...new Set([...terms, ...earlier.terms])],
      weight: Math.max(correctionWeight, earlier.weight),
    },
  }
}

/**
 * The topic of a conversation for its next question, without a model: content words of earlier turns, recent turns and
 * questions weighing more than older ones and answers, and how much the question depends on them.
 */
export function topicOf(
  question: string,
  history: readonly Turn[],
  weightOf: (term: string) => number,
  analysis: LanguageAnalysis = analysisOf(null),
): Topic {
  if (history.length === 0) return noTopic
  const own = new Set(tokensOf(question, analysis).flatMap((token) => token.terms))
  const scores = new Map<string, {score: number; word: string; terms: readonly string[]}>()
  const turns = history.slice(-maxTurns)
  let age = 0
  for (let at = turns.length - 1; at >= 0; at--) {
    const turn = turns[at]!
    const decay = 0.75 ** age * (turn.role === 'user' ? 1 : 0.4)
    if (turn.role === 'user') age++
    const text = headOf(turn.content, turn.role === 'assistant' ? 600 : 2_000)
    const seen = new Set<string>()
    for (const token of tokensOf(text, analysis)) {
      const key = token.terms[0]!
      if (analysis.isStopTerm(key) || seen.has(key) || /^\d+$/.test(key)) continue
      seen.add(key)
      const weight = weightOf(key)
      const entry = scores.get(key)
      if (entry === undefined) {
        scores.set(key, {score: decay * weight, word: text.slice(token.start, token.end), terms: token.terms})
      } else entry.score += decay * weight
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

/** How much a question depends on earlier turns: from 0, not at all, to 1. */
export function dependenceOf(question: string): number {
  const words = countContentWords(question)
  let dependence = words <= 1 ? 0.6 : words <= 3 ? 0.35 : words <= 5 ? 0.2 : 0.1
  if (mayPointBack(question)) dependence += 0.25
  if (mayContinue(question)) dependence += 0.25
  return Math.min(1, dependence)
}

/** Whether a question says enough to tell what it is about, whatever was said before. */
export function standsAlone(question: string): boolean {
  return countContentWords(question) > 3 && !mayContinue(question)
}

/** Whether a question says so little, or refers to earlier turns so plainly, that its own words are no reason to refuse it. */
export function needsEarlierTurns(question: string): boolean {
  const words = countContentWords(question)
  return words <= 1 || (words <= 3 && (mayPointBack(question) || mayContinue(question)))
}

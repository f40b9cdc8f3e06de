import type {IndexBuild} from '../search-index/index.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {tokensOf} from '../text/terms.ts'
import {BuildMemory, inverseFrequency} from './build-memory.ts'
import {correctionsOf} from './spelling.ts'

/** A word of a question that says what it is about. */
export interface QuestionTerm {
  /** As it was typed. */
  readonly word: string
  /** The whole first, then its parts; for a misspelled word, what it may have meant. */
  readonly terms: readonly string[]
  /** How much it tells sections apart: inverse document frequency of its best-known form. */
  readonly weight: number
  /** Whether the build knows any form of it. */
  readonly known: boolean
  /** In how many sections its most frequent form stands, as a share of the logarithm: 0 in none, 1 in all. */
  readonly familiarity: number
  /** Whether `terms` are guesses for a word the build does not know. */
  readonly corrected: boolean
}

/** Most words of a question that are looked at; what follows in a longer text adds time, not meaning. */
const maxQuestionTerms = 64

/** Most unknown words of a question that are looked up as slips: each costs hundreds of look-ups. */
const maxSlips = 3

/** Inverse document frequency as BM25 has it, never negative. */
export function weightOf(build: IndexBuild, term: string): number {
  return BuildMemory.of(build).weightOf(term)
}

function familiarityOf(count: number, frequency: number): number {
  return Math.log1p(frequency) / Math.log1p(Math.max(1, count))
}

/**
 * The words of a question that say what it is about, in order, each once. Stop words are left out unless there
 * is nothing else.
 */
export function questionTermsOf(
  build: IndexBuild,
  question: string,
  options: {readonly spelling?: boolean} = {},
): QuestionTerm[] {
  const tokens = tokensOf(question)
  const telling = tokens.filter((token) => !token.terms.every(isStopTerm))
  const used = telling.length > 0 ? telling : tokens
  const count = build.manifest.counts.sections
  const memory = BuildMemory.of(build)
  const seen = new Set<string>()
  const found: QuestionTerm[] = []
  let slips = 0

  for (const token of used) {
    if (found.length >= maxQuestionTerms) break
    const terms = token.terms.length > 1 ? token.terms.filter((term) => !isStopTerm(term)) : token.terms
    const key = terms[0]
    if (key === undefined || seen.has(key)) continue
    seen.add(key)

    const word = question.slice(token.start, token.end)
    const frequencies = terms.map((term) => memory.frequencyOf(term))
    const knownFrequencies = frequencies.filter((frequency) => frequency > 0)
    if (knownFrequencies.length > 0) {
      const weight = Math.max(...knownFrequencies.map((frequency) => inverseFrequency(count, frequency)))
      const knownTerms = terms.filter((_, index) => frequencies[index]! > 0)
      const familiarity = familiarityOf(count, Math.max(...knownFrequencies))
      found.push({word, terms: knownTerms, weight, known: true, familiarity, corrected: false})
      continue
    }
    const corrections = options.spelling === false || slips >= maxSlips ? [] : correctionsOf(build, key)
    slips++
    const weight =
      corrections.length > 0 ? weightOf(build, corrections[0]!) * 0.8 : inverseFrequency(count, 0)
    const corrected = corrections.length > 0
    const familiarity = corrected ? familiarityOf(count, memory.frequencyOf(corrections[0]!)) : 0
    found.push({
      word,
      terms: corrected ? corrections : terms,
      weight,
      known: corrected,
      familiarity,
      corrected,
    })
  }
  return found
}

import type {IndexBuild} from '../search-index/index.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {type Token, tokensOf} from '../text/terms.ts'
import {BuildCache, inverseFrequency} from './build-cache.ts'
import {correctionsOf} from './spelling.ts'

/** A content word of a question. */
export interface QuestionTerm {
  /** As it was typed. */
  readonly word: string
  /** The whole word first, then its parts, whether or not the build knows them. */
  readonly forms: readonly string[]
  /** The forms that the build knows, or all if it knows none; for a misspelled word, its corrections. */
  readonly terms: readonly string[]
  /** Inverse document frequency of its rarest known form. */
  readonly weight: number
  /** Whether the build knows any form of it. */
  readonly known: boolean
  /** How many sections contain its most frequent form, on a logarithmic scale: 0 for none, 1 for all. */
  readonly familiarity: number
  /** Whether `terms` are corrections of a word that the build does not know. */
  readonly corrected: boolean
}

/** Maximum number of words used: more add time, not meaning. */
const maxQuestionTerms = 64
/** Maximum number of words looked at, to choose those from. */
const maxWordsRead = 400

/** Maximum number of unknown words that are corrected: each costs hundreds of look-ups. */
const maxCorrectedWords = 3

/** Inverse document frequency as in BM25, never negative. */
export function weightOf(build: IndexBuild, term: string): number {
  return BuildCache.of(build).weightOf(term)
}

function familiarityOf(count: number, frequency: number): number {
  return Math.log1p(frequency) / Math.log1p(Math.max(1, count))
}

/**
 * The content words of a question, in order, each once. Stop words are left out unless there is nothing else.
 */
export function questionTermsOf(
  build: IndexBuild,
  question: string,
  options: {readonly spelling?: boolean} = {},
): QuestionTerm[] {
  const tokens = tokensOf(question)
  const content = tokens.filter((token) => !token.terms.every(isStopTerm))
  const used = tellingOf(content.length > 0 ? content : tokens, BuildCache.of(build))
  const count = build.manifest.counts.sections
  const cache = BuildCache.of(build)
  const seen = new Set<string>()
  const found: QuestionTerm[] = []
  let unknownWords = 0

  for (const token of used) {
    const terms = token.terms.length > 1 ? token.terms.filter((term) => !isStopTerm(term)) : token.terms
    const key = terms[0]
    if (key === undefined || seen.has(key)) continue
    seen.add(key)

    const word = question.slice(token.start, token.end)
    const frequencies = terms.map((term) => cache.frequencyOf(term))
    const knownFrequencies = frequencies.filter((frequency) => frequency > 0)
    if (knownFrequencies.length > 0) {
      const weight = Math.max(...knownFrequencies.map((frequency) => inverseFrequency(count, frequency)))
      const knownTerms = terms.filter((_, index) => frequencies[index]! > 0)
      const familiarity = familiarityOf(count, Math.max(...knownFrequencies))
      found.push({word, forms: terms, terms: knownTerms, weight, known: true, familiarity, corrected: false})
      continue
    }
    const corrections =
      options.spelling === false || unknownWords >= maxCorrectedWords ? [] : correctionsOf(build, key)
    unknownWords++
    const weight =
      corrections.length > 0 ? weightOf(build, corrections[0]!) * 0.8 : inverseFrequency(count, 0)
    const corrected = corrections.length > 0
    const familiarity = corrected ? familiarityOf(count, cache.frequencyOf(corrections[0]!)) : 0
    found.push({
      word,
      forms: terms,
      terms: corrected ? corrections : terms,
      weight,
      known: corrected,
      familiarity,
      corrected,
    })
  }
  return found
}

/**
 * The words of a long question that say most about it, in order, each once: the rarest of those that the build knows,
 * then the others.
 */
function tellingOf(tokens: readonly Token[], cache: BuildCache): readonly Token[] {
  if (tokens.length <= maxQuestionTerms) return tokens
  const first = new Map(
    tokens
      .slice(0, maxWordsRead)
      .toReversed()
      .map((token) => [token.terms[0]!, token]),
  )
  return [...first.values()]
    .map((token) => {
      const known = token.terms.filter((term) => cache.frequencyOf(term) > 0)
      return {token, weight: Math.max(0, ...known.map((term) => cache.weightOf(term)))}
    })
    .sort((a, b) => b.weight - a.weight || a.token.start - b.token.start)
    .slice(0, maxQuestionTerms)
    .map(({token}) => token)
    .sort((a, b) => a.start - b.start)
}

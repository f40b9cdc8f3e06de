import type {IndexBuild} from '../search-index/index.ts'
import {analysisOf} from '../text/language-analysis.ts'
import {isPair, type Token, tokensOf} from '../text/terms.ts'
import {unspacedWordsIn} from '../text/unspaced-words.ts'
import {BuildCache, inverseFrequency} from './build-cache.ts'
import {compoundParts} from './compounds.ts'
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
  /** Whether its forms are pairs of its characters, all of which make the word. Default false. */
  readonly isRun?: boolean
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

export interface QuestionTermsOptions {
  /** Whether words that the build does not know are corrected. Default true. */
  readonly spelling?: boolean
  /** That of the question, where it differs from that of the build. */
  readonly language?: string | null
}

/**
 * The content words of a question, in order, each once. Stop words are left out unless there is nothing else.
 */
export function questionTermsOf(
  build: IndexBuild,
  question: string,
  options: QuestionTermsOptions = {},
): QuestionTerm[] {
  const cache = BuildCache.of(build)
  const maker = new TermMaker(build, options.spelling !== false)
  for (const {start, end, terms, isRun} of askedWords(question, options.language ?? build.language, cache)) {
    const word = question.slice(start, end)
    if (isRun) maker.addRun(word, terms)
    else maker.addWord(word, terms)
  }
  return maker.found
}

/** A word of a question. */
interface AskedWord extends Token {
  /** Whether its terms are pairs of its characters. */
  readonly isRun: boolean
}

/** The words that are searched for, in order. */
function askedWords(question: string, language: string | null, cache: BuildCache): readonly AskedWord[] {
  const {analysis} = cache
  const tokens = tokensOf(question, analysis).filter(({terms}) => language === null || !isPair(terms[0]!))
  const content = tokens.filter(({terms}) => !terms.every(analysis.isStopTerm))
  const told = withoutStopWordsOf(language, question, content, cache)
  const runs = language === null ? [] : unspacedWordsIn(question, language, analysis)
  const words = [
    ...told.map((token) => ({...token, isRun: false})),
    ...runs.map((run) => ({...run, isRun: true})),
  ].sort((one, other) => one.start - other.start)
  const all =
    words.length > 0 ? words : tokensOf(question, analysis).map((token) => ({...token, isRun: false}))
  return tellingOf(all, cache)
}

/** Makes terms of words, each once. */
class TermMaker {
  readonly found: QuestionTerm[] = []
  readonly #build: IndexBuild
  readonly #cache: BuildCache
  readonly #count: number
  readonly #corrects: boolean
  readonly #seen = new Set<string>()
  #unknownWords = 0

  constructor(build: IndexBuild, corrects: boolean) {
    this.#build = build
    this.#cache = BuildCache.of(build)
    this.#count = build.manifest.counts.sections
    this.#corrects = corrects
  }

  addWord(word: string, all: readonly string[]): void {
    const {isStopTerm, hasCompounds} = this.#cache.analysis
    const terms = all.length > 1 ? all.filter((term) => !isStopTerm(term)) : all
    const key = terms[0]
    if (key === undefined || this.#seen.has(key)) return
    const isUnknown = this.#cache.frequencyOf(key) === 0
    // Each part of a compound is a word of its own: docs that have one of them are not about the whole.
    const parts = hasCompounds && isUnknown ? this.#partsOf(word, key) : null
    if (parts !== null) {
      for (const part of parts) this.addWord(part.word, [part.term])
      return
    }
    this.#seen.add(key)
    const known = terms.filter((term) => this.#cache.frequencyOf(term) > 0)
    if (known.length > 0) this.#addKnown(word, terms, known)
    else this.#addUnknown(word, terms, key)
  }

  /** A word as pairs of its characters. */
  addRun(word: string, pairs: readonly string[]): void {
    if (this.#seen.has(word)) return
    this.#seen.add(word)
    // A character alone is in the index as the beginning of pairs: it says something only where none begins so.
    if ([...word].length === 1 && this.#build.termsFrom(word, 1).length > 0) return
    const known = pairs.filter((pair) => this.#cache.frequencyOf(pair) > 0)
    if (known.length === pairs.length) this.#addKnown(word, pairs, known, true)
    else
      this.found.push({
        ...{word, forms: pairs, terms: known.length > 0 ? known : pairs, isRun: true},
        ...{weight: inverseFrequency(this.#count, 0), known: false, familiarity: 0, corrected: false},
      })
  }

  #partsOf(word: string, key: string): readonly {readonly word: string; readonly term: string}[] | null {
    const written = word.split('-').filter((part) => /^\p{L}{3,}$/u.test(part))
    const terms =
      written.length > 1
        ? written.flatMap((part) => tokensOf(part, this.#cache.analysis).map((token) => token.terms[0]!))
        : compoundParts(key, this.#cache)
    return terms === null ? null : terms.map((term) => ({word: term, term}))
  }

  #addKnown(word: string, forms: readonly string[], terms: readonly string[], isRun = false): void {
    const frequencies = terms.map((term) => this.#cache.frequencyOf(term))
    this.found.push({
      ...{word, forms, terms, known: true, corrected: false},
      weight: Math.max(...frequencies.map((frequency) => inverseFrequency(this.#count, frequency))),
      familiarity: familiarityOf(this.#count, Math.max(...frequencies)),
      ...(isRun ? {isRun} : {}),
    })
  }

  #addUnknown(word: string, forms: readonly string[], key: string): void {
    const isRead = this.#corrects && this.#unknownWords++ < maxCorrectedWords
    const corrections = isRead ? correctionsOf(this.#build, key) : []
    const [best] = corrections
    this.found.push({
      ...{word, forms, terms: best === undefined ? forms : corrections},
      weight: best === undefined ? inverseFrequency(this.#count, 0) : weightOf(this.#build, best) * 0.8,
      known: best !== undefined,
      corrected: best !== undefined,
      familiarity: best === undefined ? 0 : familiarityOf(this.#count, this.#cache.frequencyOf(best)),
    })
  }
}

/** The words of a question in another language than the docs, without those that say nothing there. */
function withoutStopWordsOf(
  language: string | null,
  question: string,
  tokens: readonly Token[],
  {analysis}: BuildCache,
): readonly Token[] {
  const own = analysisOf(language)
  if (own.language === analysis.language) return tokens
  return tokens.filter(({start, end}) => {
    const terms = tokensOf(question.slice(start, end), own).flatMap((token) => token.terms)
    return terms.length === 0 || !terms.every((term) => own.isStopTerm(term))
  })
}

/**
 * The words of a long question that say most about it, in order, each once: the rarest of those that the build knows,
 * then the others.
 */
function tellingOf<T extends Token>(tokens: readonly T[], cache: BuildCache): readonly T[] {
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

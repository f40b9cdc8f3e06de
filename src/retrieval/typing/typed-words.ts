import {TwoGenerationCache} from '../../lib/two-generation-cache.ts'
import type {IndexBuild, WordForms} from '../../search-index/index.ts'
import {stemsAhead} from '../../text/english-endings.ts'
import type {LanguageAnalysis} from '../../text/language-analysis.ts'
import type {MarkedWords} from '../../text/marks.ts'
import {isPair, type Token, tokensOf, unstemmedFormsOf} from '../../text/terms.ts'
import {BuildCache} from '../build-cache.ts'
import {correctionsOf} from '../spelling.ts'
import type {NameWords} from './name-words.ts'

/** The words of a query of which the last one is still being typed. */
export interface TypedWords {
  /** The terms of the build that each stands for; none for a word that the build does not have. */
  readonly words: readonly WordForms[]
  readonly marked: MarkedWords
  /** Number of words that were typed, with those that are not searched for. */
  readonly count: number
  /** Of complete words that say nothing: they are not searched for. */
  readonly stopTerms: ReadonlySet<string>
  /** Words of names by what was typed for them with a typo, both as in a name's key. */
  readonly corrected: ReadonlyMap<string, string>
}

/** Words that are searched for besides the last one; more add time, not meaning. */
const maxCompleteWords = 15
/** Terms that a beginning may stand for, the most frequent ones. */
const maxEndings = 64
/** Unknown words that are corrected: each costs hundreds of look-ups. */
const maxCorrected = 2
/** Words of names that one typo may stand for. */
const maxNearNames = 3
const maxCachedBeginnings = 2_000

/**
 * Complete words as a question has them, without stop words and with typos corrected, and the last one as a beginning:
 * of a word, of an identifier as a whole or, where none begins so, of its last part. One that nothing begins with is
 * taken as a complete word, and so is its typo.
 */
export function typedWordsOf(build: IndexBuild, nameWords: NameWords, text: string): TypedWords {
  const cache = BuildCache.of(build)
  const {analysis} = cache
  const {stem, isStopTerm} = analysis
  const tokens = tokensOf(text, analysis)
  const last = tokens.at(-1)
  if (last === undefined) return noWords
  const words = new Map<string, WordForms>()
  const corrected = new Map<string, string>()
  let corrections = 0
  const isKnown = (term: string): boolean => cache.frequencyOf(term) > 0
  const correct = (term: string, written: string): WordForms => {
    const correction = correctedForms(build, nameWords, term, written)
    if (correction.name !== null) corrected.set(written, correction.name)
    return correction.forms
  }
  const addComplete = (terms: readonly string[], written: readonly string[]): void => {
    for (const forms of wordsOfToken(terms, isKnown, analysis)) {
      const [term] = forms
      if (term === undefined || words.has(term)) continue
      const isTypo = !isKnown(term) && corrections++ < maxCorrected
      const asWritten = written.find((form) => stem(form) === term) ?? term
      words.set(term, isKnown(term) ? forms : isTypo ? correct(term, asWritten) : [])
    }
  }

  const complete = tokens.slice(0, -1)
  const meaningful = complete.filter(({terms}) => !terms.every(isStopTerm))
  for (const {terms, start, end} of meaningful.slice(0, maxCompleteWords)) {
    addComplete(terms, unstemmedFormsOf(text.slice(start, end), analysis))
  }
  const [whole, ...parts] = lettersOf(text, last, analysis)
  let letters = whole
  let endings = endingsOf(build, whole)
  if (endings.length === 0 && parts.length > 0) {
    letters = parts.at(-1)!
    endings = endingsOf(build, letters)
    for (const part of parts.slice(0, -1)) addComplete([stem(part)], [part])
  }
  const terms = new Set([...words.values()].flat())
  const isBeginning = endings.length > 0
  if (!isBeginning) {
    endings = correct(stem(whole), whole)
    for (const term of endings) terms.add(term)
  }
  return {
    words: [...words.values(), endings],
    marked: {terms, beginning: isBeginning ? {letters, terms: new Set(endings)} : null, analysis},
    count: tokens.length,
    stopTerms: new Set(complete.flatMap((token) => token.terms).filter(isStopTerm)),
    corrected,
  }
}

const noWords: TypedWords = {
  words: [],
  marked: {terms: new Set()},
  count: 0,
  stopTerms: new Set(),
  corrected: new Map(),
}

/** The terms that a word with a typo may stand for, and the most frequent word of a name among them. */
function correctedForms(
  build: IndexBuild,
  nameWords: NameWords,
  term: string,
  written: string,
): {readonly forms: WordForms; readonly name: string | null} {
  const cache = BuildCache.of(build)
  const near = nameWords
    .near(written)
    .map((word) => ({word, term: cache.analysis.stem(word)}))
    .map((found) => ({...found, frequency: cache.frequencyOf(found.term)}))
    .filter(({frequency}) => frequency > 0)
    .sort((one, other) => other.frequency - one.frequency)
    .slice(0, maxNearNames)
  return {
    forms: [...new Set([...near.map((found) => found.term), ...correctionsOf(build, term)])],
    name: near[0]?.word ?? null,
  }
}

/** An identifier that the build has is one word; of another one each part is. */
function wordsOfToken(
  [whole, ...parts]: readonly string[],
  isKnown: (term: string) => boolean,
  {isStopTerm}: LanguageAnalysis,
): WordForms[] {
  if (isKnown(whole!) || parts.length === 0) return [[whole!]]
  return parts.filter((part) => !isStopTerm(part)).map((part) => [part])
}

/** The letters and digits that were typed, not stemmed: of the whole word, then of the parts of an identifier. */
function lettersOf(
  text: string,
  {start, end, terms}: Token,
  analysis: LanguageAnalysis,
): readonly [string, ...string[]] {
  const whole = terms[0]!
  // Pairs of characters overlap their neighbours' and are complete; in English only words of ASCII letters have stems.
  if (terms.length === 1 && (isPair(whole) || (analysis.language === 'en' && !/^[a-z]+$/.test(whole))))
    return [whole]
  const [first = whole, ...forms] = unstemmedFormsOf(text.slice(start, end), analysis)
  const last = forms.pop()
  if (last === undefined) return [first]
  // Neighbouring parts joined come before the parts themselves.
  const parts = forms.filter((form) => !forms.some((part) => part !== form && form.startsWith(part)))
  return [first, ...parts, last]
}

const cached = new WeakMap<IndexBuild, TwoGenerationCache<string, WordForms>>()

/** The terms of the words that begin with these letters, the whole word first, then the most frequent ones. */
function endingsOf(build: IndexBuild, letters: string): WordForms {
  let cache = cached.get(build)
  if (cache === undefined) {
    cache = new TwoGenerationCache(maxCachedBeginnings)
    cached.set(build, cache)
  }
  let endings = cache.get(letters)
  if (endings === undefined) {
    endings = readEndings(build, letters)
    cache.set(letters, endings)
  }
  return endings
}

function readEndings(build: IndexBuild, letters: string): WordForms {
  const frequencyOf = (term: string): number => BuildCache.of(build).frequencyOf(term)
  const {language, stem} = BuildCache.of(build).analysis
  const ahead = language === 'en' ? [...stemsAhead(letters)] : []
  const found = [...build.termsFrom(letters, maxEndings).map(({term}) => term), ...ahead]
    .map((term) => ({term, frequency: frequencyOf(term)}))
    .filter(({frequency}) => frequency > 0)
    .sort((one, other) => other.frequency - one.frequency)
    .map(({term}) => term)
  const whole = stem(letters)
  const terms = frequencyOf(whole) > 0 ? [whole, ...found] : found
  return [...new Set(terms)].slice(0, maxEndings)
}

import type {IndexBuild} from '../search-index/index.ts'
import type {WordFrequencies} from '../text/word-frequencies.ts'
import {BuildCache} from './build-cache.ts'
import type {Candidate} from './candidate.ts'
import {QueryTerms} from './query-terms.ts'
import type {QuestionTerm} from './question-terms.ts'

/**
 * What a question's words say about whether the docs answer it, given how usual words are in documentation at large. A
 * word's rarity, from 0 to 1, is the logarithm of that, so 1 is a word that hardly any documentation has.
 */
export interface WordEvidence {
  /** Rarity of the rarest word that the docs do not have; 0 when they have all. */
  readonly missing: number
  /** How much more usual the docs' own words are in them than at large: the greatest log ratio, a fifth of it. */
  readonly distinctive: number
  /** Share of the words, by rarity, in one section: the mean of the three best. */
  readonly together: number
}

/** Sections of text at large that count like sections of the docs: in small docs a word is missing by chance. */
const priorSections = 60
/** A word that a usual misspelling would not be: so many times as usual as those that the table does not have. */
const ownWordFactor = 4
/** Numbers say less than words. */
const numberWeight = 0.3
/** Candidates among which the best sections are found. */
const coverageDepth = 20

export function wordEvidenceOf(
  build: IndexBuild,
  frequencies: WordFrequencies,
  terms: readonly QuestionTerm[],
  candidates: readonly Candidate[],
): WordEvidence {
  const words = terms.map((term) => spelledWord(term, frequencies))
  const units = unitsOf(build, frequencies, words)
  const missing = units.filter(({sections}) => sections === 0)
  const query = new QueryTerms(words.map((word) => ({...word, weight: weightOf(word, frequencies)})))
  const best = sharesIn(build, query, candidates)
    .sort((a, b) => b - a)
    .slice(0, 3)
  return {
    missing: Math.max(0, ...missing.map(({rarity}) => rarity)),
    distinctive: units.length === 0 ? 0 : Math.max(...units.map(({ratio}) => ratio)) / 5,
    together: best.reduce((sum, share) => sum + share, 0) / Math.max(1, best.length),
  }
}

/** A word of the question, or a part of an identifier that the docs do not have as a whole. */
interface Unit {
  readonly rarity: number
  /** Sections of the docs with it. */
  readonly sections: number
  /** Logarithm of how much more usual it is in the docs than at large. */
  readonly ratio: number
}

/** A word that is usual at large was not misspelled: `slack` is not `stack`. */
function spelledWord(term: QuestionTerm, frequencies: WordFrequencies): QuestionTerm {
  const isOwnWord = frequencies.shareOf(term.forms[0]!) > ownWordFactor * frequencies.rareShare
  return term.corrected && isOwnWord ? {...term, terms: term.forms, corrected: false} : term
}

function unitsOf(
  build: IndexBuild,
  frequencies: WordFrequencies,
  words: readonly QuestionTerm[],
): readonly Unit[] {
  const cache = BuildCache.of(build)
  const all = build.manifest.counts.sections
  const formsOf = ({terms, forms, corrected}: QuestionTerm): readonly string[] => {
    if (corrected) return terms.slice(0, 1)
    return forms.length === 1 || cache.frequencyOf(forms[0]!) > 0 ? forms.slice(0, 1) : forms.slice(1)
  }
  const withoutNumbers = words.filter(({forms}) => !isNumber(forms[0]!))
  return (withoutNumbers.length > 0 ? withoutNumbers : words).flatMap((word) => {
    const forms = formsOf(word)
    return forms.map((form) => {
      const share = frequencies.shareOf(form)
      const sections = cache.frequencyOf(form)
      return {
        rarity: rarityOf(form, frequencies),
        sections,
        ratio: Math.log((sections + priorSections * share) / (all + priorSections) / share),
      }
    })
  })
}

/** For each of the first candidates the share of the words in it. */
function sharesIn(build: IndexBuild, query: QueryTerms, candidates: readonly Candidate[]): number[] {
  const cache = BuildCache.of(build)
  return candidates.slice(0, coverageDepth).map(({section, headings}) => {
    const present = new Set<string>()
    for (const terms of [headings.titleAndHeadings, cache.textOf(section).terms])
      for (const term of terms) if (query.wordIndexes.has(term)) present.add(term)
    return query.shareIn(present)
  })
}

function weightOf({forms}: QuestionTerm, frequencies: WordFrequencies): number {
  const parts = forms.length === 1 ? forms : forms.slice(1)
  const rarity = Math.max(...parts.map((form) => rarityOf(form, frequencies)))
  return isNumber(forms[0]!) ? rarity * numberWeight : rarity
}

function rarityOf(term: string, frequencies: WordFrequencies): number {
  return Math.log(frequencies.shareOf(term)) / Math.log(frequencies.rareShare)
}

function isNumber(term: string): boolean {
  return /^\d/.test(term)
}

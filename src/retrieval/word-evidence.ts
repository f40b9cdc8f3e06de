import type {IndexBuild} from '../search-index/index.ts'
import type {WordFrequencies} from '../text/word-frequencies.ts'
import {BuildCache} from './build-cache.ts'
import type {QuestionTerm} from './question-terms.ts'
import {namesIn} from './unknown-names.ts'

/**
 * What a question's words say about whether the docs answer it, given how words are used in documentation at large. A
 * word's rarity, from 0 to 1, is the logarithm of how usual it is there, so 1 is a word that hardly any documentation
 * has. It counts by its burstiness: that the docs lack `tomorrow` says nothing, that they lack `gradle` much.
 */
export interface WordEvidence {
  /**
   * Rarity of the rarest word that the docs do not have, or hardly, by its burstiness; 0 when they have all. 1 for an
   * identifier that they do not have as a whole, and for a question of which they have no word.
   */
  readonly missing: number
  /** How much less usual a word is in the docs than at large: the greatest log ratio by burstiness, a fifth of it. */
  readonly scarce: number
  /** How much more usual the docs' own words are in them than at large: the greatest log ratio, a fifth of it. */
  readonly distinctive: number
  /** 1 for a name that the docs do not have, less for one that few sections have; 0 for a question without a name. */
  readonly unknownName: number
}

/** Sections of text at large that count like sections of the docs: in small docs a word is missing by chance. */
const priorSections = 60

export function wordEvidenceOf(
  build: IndexBuild,
  frequencies: WordFrequencies,
  question: string,
  terms: readonly QuestionTerm[],
): WordEvidence {
  const cache = BuildCache.of(build)
  const units = unitsOf(build, frequencies, terms)
  const names = namesIn(question)
  const sectionsOf = ({terms: known}: QuestionTerm) =>
    Math.max(0, ...known.map((term) => cache.frequencyOf(term)))
  const greatest = (values: readonly number[]) => Math.max(0, ...values)
  return {
    missing: terms.some(({known}) => known)
      ? greatest(units.map(({rarity, burstiness, sections}) => (rarity * burstiness) / (1 + sections)))
      : 1,
    scarce: greatest(units.map(({ratio, burstiness}) => -ratio * burstiness)) / 5,
    distinctive: units.length === 0 ? 0 : Math.max(...units.map(({ratio}) => ratio)) / 5,
    unknownName: greatest(
      terms.filter(({word}) => names.has(word.toLowerCase())).map((word) => 1 / (1 + sectionsOf(word))),
    ),
  }
}

/** A word of the question, or a part of an identifier that the docs do not have as a whole. */
interface Unit {
  readonly rarity: number
  readonly burstiness: number
  /** Sections of the docs with it. */
  readonly sections: number
  /** Logarithm of how much more usual it is in the docs than at large. */
  readonly ratio: number
}

function unitsOf(
  build: IndexBuild,
  frequencies: WordFrequencies,
  words: readonly QuestionTerm[],
): readonly Unit[] {
  const cache = BuildCache.of(build)
  const all = build.manifest.counts.sections
  const withoutNumbers = words.filter(({forms}) => !isNumber(forms[0]!))
  return (withoutNumbers.length > 0 ? withoutNumbers : words).flatMap((word): readonly Unit[] => {
    const {terms, forms, corrected} = word
    const whole = forms[0]!
    const isKnown = corrected || cache.frequencyOf(whole) > 0
    const parts = corrected ? terms.slice(0, 1) : isKnown || forms.length === 1 ? [whole] : forms.slice(1)
    const units = parts.map((form) => {
      const share = frequencies.shareOf(form)
      const sections = cache.frequencyOf(form)
      return {
        rarity: Math.log(share) / Math.log(frequencies.rareShare),
        burstiness: frequencies.burstinessOf(form),
        sections,
        ratio: Math.log((sections + priorSections * share) / (all + priorSections) / share),
      }
    })
    // The docs may have all parts of another product's identifier.
    const isUnknownIdentifier = !isKnown && isIdentifier(word.word)
    return isUnknownIdentifier ? [...units, {rarity: 1, burstiness: 1, sections: 0, ratio: 0}] : units
  })
}

/** Whether a word is written as code writes names: with a dot, an underscore, an inner capital or a digit. */
function isIdentifier(word: string): boolean {
  return !/^v?\d/i.test(word) && /\w\w[._]\w\w|\p{Ll}\p{Lu}|\p{L}\p{L}\p{N}/u.test(word)
}

function isNumber(term: string): boolean {
  return /^\d/.test(term)
}

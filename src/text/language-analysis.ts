import {primaryOf, undetermined} from './language-tags.ts'
import {stemmers} from './stemmers.ts'
import {questionWords, stopWordLists} from './stop-word-lists.ts'
import {isStopTerm} from './stop-words.ts'
import {type Analysis, analysis, english, fold, tokensOf} from './terms.ts'

/**
 * The version of everything that makes terms of texts in other languages than English. The manifest of a build has it: a
 * build of another version is searched with the terms of English, which all texts had before, and rebuilt by the next
 * ingest.
 */
export const analysisVersion = '1'

/** How texts of a language become terms, and which terms say nothing. */
export interface LanguageAnalysis extends Analysis {
  isStopTerm(term: string): boolean
  /** Whether words are compounds of other words, as in German. */
  readonly hasCompounds: boolean
}

const englishAnalysis: LanguageAnalysis = {...english, isStopTerm, hasCompounds: false}
const analyses = new Map<string, LanguageAnalysis>()

const compounding = new Set(['da', 'de', 'fi', 'hu', 'nb', 'nl', 'nn', 'no', 'sv'])

/** The analysis of a language by its tag; that of English for null and `und`. Made once a language. */
export function analysisOf(tag: string | null): LanguageAnalysis {
  const language = tag === null ? 'en' : primaryOf(tag)
  if (language === 'en' || language === undetermined) return englishAnalysis
  let found = analyses.get(language)
  if (found === undefined) {
    found = makeAnalysis(language)
    analyses.set(language, found)
  }
  return found
}

function makeAnalysis(language: string): LanguageAnalysis {
  const stemmer = stemmers[language]
  const made = analysis(language, {
    lower: (word) => word.toLowerCase().normalize('NFC'),
    stem: stemmer === undefined ? fold : (word) => fold(stemmed(word, stemmer)),
    clitics: clitics[language] ?? null,
    particles: language === 'ko' ? koreanParticles : null,
  })
  const listed = [...(stopWordLists[language] ?? []), ...(questionWords[language] ?? '').split(' ')]
  const stopTerms = new Set(
    listed.filter(Boolean).flatMap((word) => tokensOf(word, made).flatMap(({terms}) => terms)),
  )
  return {
    ...made,
    isStopTerm: (term) => stopTerms.has(term) || saysNothing[language]?.test(term) === true,
    hasCompounds: compounding.has(language),
  }
}

/** Shorter words have no ending, and identifiers with digits none of their language. */
function stemmed(word: string, stemmer: (word: string) => string): string {
  return /^[\p{L}\p{M}]{3,}$/u.test(word) ? stemmer(word) || word : word
}

/** Articles and pronouns with an apostrophe or, in questions, a hyphen: `l’ordre` is `ordre`, `peut-on` is `peut`. */
const clitics: Readonly<Record<string, RegExp>> = {
  ca: /^(?:[dlmnst])['’]/iu,
  fr: /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]|-(?:t-)?(?:je|tu|il|elle|on|nous|vous|ils|elles|ce)$/giu,
  ga: /^(?:[bdm])['’]/iu,
  it: /^(?:[cdlmnstv]|un|all|dall|dell|nell|sull|coll|quest|quell|bell)['’]/iu,
}

/** Case markers at the end of a Korean word, longest first; what is left has at least two syllables. */
const koreanParticles =
  /(?<=[가-힣]{2}|[\p{Script=Latin}\p{N}])(?:으로부터|에서부터|이라면|에서는|으로는|에서도|으로써|으로서|부터는|까지는|에게서|에서|에게|에는|에도|으로|로는|로서|로써|부터|까지|처럼|보다|마다|조차|이나|이며|이고|이란|라는|이라|하고|에|의|을|를|이|가|은|는|와|과|도|로|만|나)$/u

/** Pairs of characters without a word of the subject: in Japanese those of hiragana alone. */
const saysNothing: Readonly<Record<string, RegExp>> = {
  ja: /^[\p{Script=Hiragana}ー]+$/u,
}

import type {IndexBuild} from '../search-index/index.ts'
import {primaryOf} from '../text/language-tags.ts'
import {tokensOf} from '../text/terms.ts'
import {BuildCache} from './build-cache.ts'
import type {QuestionTerm} from './question-terms.ts'
import {correctionsOf} from './spelling.ts'
import {isTechnicalEnglishBuild, technicalEnglish} from './technical-english.ts'
import {isNeverUsed, namesIn} from './unknown-names.ts'

/** Maximum number of words that are named. */
const maxUnknownWords = 5
/** Maximum number of words that are looked at: a text of many foreign words names none that helps. */
const maxLookedAt = 12
/** A word that pages on it hardly repeat, such as `tomorrow` or `nobody`, is usual English and no subject, however rare. */
const leastBurstiness = 0.5

export interface AskedTerms {
  /** As the asker wrote it. */
  readonly question: string
  /** BCP 47; null where it is not known. */
  readonly language: string | null
  readonly terms: readonly QuestionTerm[]
}

/**
 * The words of a question that the docs never use in any form, as the asker wrote them, each once, at most five. Stems,
 * parts of compounds and corrected typos are forms; stop words, numbers and usual English are left out, and so are English
 * words that no documentation has, unless they are written as names: most are typos that nothing corrects. Of a question in
 * another language than the docs only names in camel case are told: all its other words are missing there.
 *
 * A word of a script without spaces is told only when the docs have none of its pairs of characters: where a dictionary
 * cuts such a text is a guess, but a pair that is nowhere in the docs is in no word of them.
 */
export function unknownWordsOf(build: IndexBuild, {question, language, terms}: AskedTerms): string[] {
  const isEnglish = isInEnglish(build, language)
  const isSameLanguage = isEnglish || isLanguageOf(build, language)
  const names = namesIn(question)
  const candidates = terms.filter(({known, corrected}) => !corrected || !known).slice(0, maxLookedAt)
  const words = candidates.flatMap((term) => {
    const isTold =
      isCamelCaseUnknown(build, term) ||
      (isSameLanguage &&
        isUnknown(build, term) &&
        (!isEnglish || names.has(term.word.toLowerCase()) || isSubject(term)))
    const written = isTold ? writtenIn(question, term.word) : null
    return written === null ? [] : [written]
  })
  return [...new Set(words)].slice(0, maxUnknownWords)
}

function isInEnglish(build: IndexBuild, language: string | null): boolean {
  return (language === null || primaryOf(language) === 'en') && isTechnicalEnglishBuild(build)
}

function isLanguageOf(build: IndexBuild, language: string | null): boolean {
  const own = build.language
  return own !== null && language !== null && primaryOf(own) === primaryOf(language)
}

function isUnknown(build: IndexBuild, term: QuestionTerm): boolean {
  const {known, forms, isRun = false} = term
  const {isStopTerm, language} = BuildCache.of(build).analysis
  if (known || forms.every(isStopTerm) || /^\p{N}/u.test(term.word)) return false
  if (isRun && (forms.length === 0 || !/^[\p{sc=Kana}\p{sc=Han}\p{sc=Hang}ー]{2,}$/u.test(term.word))) {
    return false
  }
  if (!isNeverUsed(build, term)) return false
  // The search corrects the first few unknown words only.
  return isRun || language === null || correctionsOf(build, forms[0]!).length === 0
}

/** Whether a name as `PostgreSQL` is nowhere in the docs as a whole, even if they have parts of it. */
function isCamelCaseUnknown(build: IndexBuild, {word, forms, corrected}: QuestionTerm): boolean {
  return (
    !corrected &&
    /^\p{L}*\p{Ll}\p{Lu}\p{L}+$/u.test(word) &&
    BuildCache.of(build).frequencyOf(forms[0]!) === 0
  )
}

/** Whether documentation at large has pages on an English word. */
function isSubject({forms}: QuestionTerm): boolean {
  const {has, burstinessOf} = technicalEnglish()
  return forms.every((form) => has(form) && burstinessOf(form) >= leastBurstiness)
}

/** A word as it stands in a question; the whole compound for a part of one; null where it is not in it. */
function writtenIn(question: string, word: string): string | null {
  const folded = word.toLowerCase()
  const at = question.toLowerCase().indexOf(folded)
  if (at < 0) return null
  const token = tokensOf(question).find(({start, end}) => start <= at && at < end)
  if (token === undefined) return question.slice(at, at + word.length)
  const isInside = token.start < at || token.end > at + word.length
  return isInside && /^\p{Script=Latin}/u.test(word)
    ? question.slice(token.start, token.end)
    : question.slice(at, at + word.length)
}

import type {IndexBuild} from '../search-index/index.ts'
import {tokensOf} from '../text/terms.ts'
import {BuildCache} from './build-cache.ts'
import type {QuestionTerm} from './question-terms.ts'
import {technicalEnglish} from './technical-english.ts'

/** A word in at least this share of documentation at large says nothing about the subject of a question. */
const usualShare = 0.02
/** A number in at least this share names nothing, as a port or the code of an error does. */
const usualNumberShare = 0.01
/** With a greater share of words in capitals, capitals tell no names. */
const maxCapitalShare = 0.5

/**
 * Whether a question in English is about a name that the docs never use, as "Can I use X with it?", and about nothing
 * else: all its other words are usual in documentation at large, or unknown to the docs as well. However small the docs
 * are, they do not answer it.
 */
export function isAboutUnknownName(
  build: IndexBuild,
  question: string,
  terms: readonly QuestionTerm[],
): boolean {
  const names = namesIn(question)
  const isUnknown = (term: QuestionTerm) => isNeverUsed(build, term)
  const isName = ({word}: QuestionTerm) => names.has(word.toLowerCase())
  if (!terms.some((term) => isName(term) && isUnknown(term))) return false
  return terms.every((term) => isUnknown(term) || (!isName(term) && isUsual(term)))
}

/** Whether a question has no words but usual numbers, as "What is 2+2?". */
export function saysNumbersOnly(terms: readonly QuestionTerm[]): boolean {
  const isUsualNumber = (form: string) =>
    /^\d+$/.test(form) && technicalEnglish().shareOf(form) >= usualNumberShare
  return terms.length > 0 && terms.every(({forms}) => isUsualNumber(forms[0]!))
}

/** The words of a text that look like names, in lower case: with a capital that begins no sentence, or with a digit. */
export function namesIn(question: string): ReadonlySet<string> {
  const words = tokensOf(question).map(({start, end}) => ({
    word: question.slice(start, end),
    beginsSentence: /(?:^|[.!?:]\s+)\W*$/.test(question.slice(0, start)),
  }))
  const capital = words.filter(({word}) => /^\p{Lu}/u.test(word))
  if (capital.length > maxCapitalShare * words.length && words.length > 2) return new Set()
  return new Set(
    words
      .filter(
        ({word, beginsSentence}) =>
          /.\p{Lu}/u.test(word) || /\p{L}\W?\p{N}/u.test(word) || (!beginsSentence && /^\p{Lu}/u.test(word)),
      )
      .map(({word}) => word.toLowerCase()),
  )
}

/** Whether the docs have neither a word nor any part of it that is more than a number, nor one that it is a slip of. */
export function isNeverUsed(build: IndexBuild, {forms, corrected}: QuestionTerm): boolean {
  const cache = BuildCache.of(build)
  return (
    !corrected && forms.filter((form) => !/^\d+$/.test(form)).every((form) => cache.frequencyOf(form) === 0)
  )
}

function isUsual({forms}: QuestionTerm): boolean {
  return forms.some((form) => technicalEnglish().shareOf(form) >= usualShare)
}

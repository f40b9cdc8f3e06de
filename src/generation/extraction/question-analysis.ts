import type {LanguageAnalysis} from '../../text/language-analysis.ts'
import {lettersAndDigits} from '../../text/letters.ts'
import {termsOf, tokensOf} from '../../text/terms.ts'
import type {Candidate} from './candidates.ts'
import {intentOf, modifiers, type QuestionIntent} from './english.ts'

/** What a question asks for, as far as its words show. */
export interface QuestionAnalysis {
  /** Its content terms and the weight of each: how rare it is among the candidates. */
  readonly weights: ReadonlyMap<string, number>
  /** Sum of the weights. */
  readonly total: number
  /** Pairs of content terms that are adjacent in the question. */
  readonly pairs: readonly (readonly [string, string])[]
  /** Identifiers that it names, as `max_items`, `--frozen`, `foo.bar`: their letters and digits in lower case. */
  readonly identifiers: readonly string[]
  readonly intent: QuestionIntent
  /** Its letters and digits in lower case. */
  readonly letters: string
  /** How its text and that of the sources become terms. */
  readonly language: LanguageAnalysis
}

const modifierTerms: ReadonlySet<string> = new Set(modifiers.flatMap((word) => termsOf(word)))

export function analyseQuestion(
  question: string,
  candidates: readonly Candidate[],
  language: LanguageAnalysis,
): QuestionAnalysis {
  const frequencies = new Map<string, number>()
  for (const {terms} of candidates)
    for (const term of terms) frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
  const all = [...new Set(termsOf(question, language))]
  const content = all.filter((term) => !language.isStopTerm(term))
  const terms = content.length > 0 ? [...content, ...all.filter((term) => modifierTerms.has(term))] : all
  // Parts of a name that no source has match by coincidence: the "open" of `OpenAI` is an ordinary word as well.
  const coincidental = new Set(
    tokensOf(question, language).flatMap(({start, end, terms: [whole, ...parts]}) =>
      whole && /^[\p{L}\p{N}]+$/u.test(question.slice(start, end)) && !frequencies.has(whole) ? parts : [],
    ),
  )
  // A word that all candidates have distinguishes none.
  const weights = new Map(
    terms.map((term) => {
      const frequency = frequencies.get(term) ?? 0
      const weight = Math.log(1 + (candidates.length - frequency + 0.5) / (frequency + 0.5))
      return [term, weight * (modifierTerms.has(term) ? 0.75 : coincidental.has(term) ? 0.25 : 1)] as const
    }),
  )
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0) || 1
  return {
    weights,
    total,
    pairs: pairsOf(question, weights, language),
    identifiers: identifiersIn(question),
    intent: intentOf(question, terms.length),
    letters: lettersAndDigits(question),
    language,
  }
}

function pairsOf(
  question: string,
  weights: ReadonlyMap<string, number>,
  language: LanguageAnalysis,
): [string, string][] {
  const words = tokensOf(question, language).flatMap(({terms: [whole]}) =>
    whole !== undefined && weights.has(whole) ? [whole] : [],
  )
  return words
    .slice(1)
    .flatMap((word, before) => (word === words[before] ? [] : [[words[before]!, word] as [string, string]]))
}

const backticked = /`([^`\n]{2,80})`/g
const identifier =
  /(?<![\p{L}\p{N}])(?:--?[\p{L}][\w-]*|[$@]?[\p{L}_][\p{L}\p{N}]*(?:(?:[._:/-]{1,2}|(?=\p{Lu}))[\p{L}\p{N}]+)*(?:\(\))?)/gu
/** What tells an identifier from a word: a sign inside, a capital inside, digits behind letters, a leading sign. */
const telling = /^(?:--?\w|[$@])|\w[._:/]+\w|\p{Ll}\p{Lu}|\p{L}\p{N}|\(\)$|^\p{Lu}{2,}$/u

function identifiersIn(question: string): string[] {
  const quoted = [...question.matchAll(backticked)].map(([, inside]) => inside!)
  const named = [...question.matchAll(identifier)].map(([word]) => word).filter((word) => telling.test(word))
  return [...new Set([...quoted, ...named].map(lettersAndDigits))].filter((letters) => letters.length > 1)
}

import type {QuestionTerm} from './question-terms.ts'

/** The question's words, indexed for matching against many texts. */
export class QueryTerms {
  readonly terms: readonly QuestionTerm[]
  /** Index of the question's word that a term belongs to. */
  readonly wordIndexes: ReadonlyMap<string, number>
  readonly #weight: number

  constructor(terms: readonly QuestionTerm[]) {
    const wordIndexes = new Map<string, number>()
    for (const [index, term] of terms.entries()) {
      for (const form of term.terms) if (!wordIndexes.has(form)) wordIndexes.set(form, index)
    }
    this.terms = terms
    this.wordIndexes = wordIndexes
    this.#weight = terms.reduce((sum, term) => sum + term.weight, 0)
  }

  /** Share of the words, by weight, that are present. */
  shareIn(present: ReadonlySet<string>): number {
    if (this.#weight === 0) return 0
    let found = 0
    for (const term of this.terms) found += term.weight * shareOf(term, present)
    return found / this.#weight
  }
}

/** 1 when the word itself is present; up to 0.8 for the parts of an identifier. */
function shareOf(term: QuestionTerm, present: ReadonlySet<string>): number {
  if (term.isRun) return term.forms.filter((pair) => present.has(pair)).length / term.forms.length
  if (present.has(term.terms[0]!)) return 1
  if (term.terms.length === 1) return 0
  if (term.corrected) return term.terms.some((other) => present.has(other)) ? 1 : 0
  const parts = term.terms.slice(1)
  return (0.8 * parts.filter((part) => present.has(part)).length) / parts.length
}

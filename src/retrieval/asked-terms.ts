import type {QuestionTerm} from './question-terms.ts'

/** The question's words, ready to be looked for in many texts. */
export class AskedTerms {
  readonly terms: readonly QuestionTerm[]
  /** Which word of the question a term belongs to. */
  readonly places: ReadonlyMap<string, number>
  readonly #weight: number

  constructor(terms: readonly QuestionTerm[]) {
    const places = new Map<string, number>()
    for (const [index, term] of terms.entries()) {
      for (const form of term.terms) if (!places.has(form)) places.set(form, index)
    }
    this.terms = terms
    this.places = places
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

/** 1 when the word itself or, for an identifier, all its parts are there. */
function shareOf(term: QuestionTerm, present: ReadonlySet<string>): number {
  if (present.has(term.terms[0]!)) return 1
  if (term.terms.length === 1) return 0
  if (term.corrected) return term.terms.some((other) => present.has(other)) ? 1 : 0
  const parts = term.terms.slice(1)
  return (0.8 * parts.filter((part) => present.has(part)).length) / parts.length
}

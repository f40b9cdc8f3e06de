import type {StoredSection} from '../search-index/index.ts'
import type {SectionWords} from './build-memory.ts'
import type {QuestionTerm} from './question-terms.ts'

/** What is looked for: the question's words and vector, and beside them those of the conversation before it. */
export interface Wanted {
  readonly terms: readonly QuestionTerm[]
  /** Unit vector, or zeros when the model knows no word of it. */
  readonly vector: Float32Array
  /** Terms carried over from earlier turns; weigh less. */
  readonly contextTerms: readonly string[]
  /** 0 when the question stands alone. */
  readonly contextWeight: number
  readonly version: string | null
}

/** A section that may answer, with each signal by itself. */
export interface Candidate {
  readonly section: StoredSection
  readonly words: SectionWords
  readonly signals: Signals
  /** The passage nearest to the question. */
  readonly bestPassageId: number
  /** Greater is better; comparable within one question. */
  score: number
}

export interface Signals {
  /** BM25 over title, headings and text. */
  bm25: number
  /** The same for the terms carried over. */
  contextBm25: number
  /** Cosine with the nearest passage. */
  cosine: number
  /** Cosine with the whole section: the mean of its passages. */
  sectionCosine: number
  /** Share of the question's words, by weight, in title and headings. */
  headings: number
  /** Share of the heading's own words that the question holds. */
  headingFocus: number
  /** 1 when the heading asks the very question, stop words apart: each holds all words of the other. */
  sameHeading: number
  /** Share of the question's words, by weight, anywhere in the section. */
  coverage: number
  /** Share of the question's neighbouring words that are neighbours in the section. */
  phrases: number
  /** Logarithm of its words: a heading with a line under it seldom answers. */
  length: number
  /** How well the rest of its page does. */
  page: number
}

/** Best first; equal ones by number, so that the order never depends on the search that found them. */
export function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || a.section.id - b.section.id
}

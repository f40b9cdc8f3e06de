import type {WordVectors} from '../embedding/index.ts'
import type {StoredSection} from '../search-index/index.ts'
import type {SectionHeadings} from './build-cache.ts'
import type {QuestionTerm} from './question-terms.ts'

/** What is ranked against: the question's terms and vector, and the terms of the conversation before it. */
export interface RankingQuery {
  readonly terms: readonly QuestionTerm[]
  /** Unit vector, or zeros when the model knows no word of it. */
  readonly vector: Float32Array
  /** Terms of earlier turns; weigh less. */
  readonly contextTerms: readonly string[]
  /** 0 when the question stands alone. */
  readonly contextWeight: number
  /** Null where the embedding model has none. */
  readonly wordVectors: WordVectors | null
  /** Ids of sections that are candidates although no search need find them. Default none. */
  readonly alsoRanked?: readonly number[]
}

/** A section that may answer, with its features. */
export interface Candidate {
  readonly section: StoredSection
  readonly headings: SectionHeadings
  readonly features: RankingFeatures
  /** The passage nearest to the question. */
  readonly bestPassageId: number
  /** The score of the first sort, which needs no text. */
  firstScore: number
  /** Greater is better; comparable within one question only. */
  score: number
}

/** What a candidate's score is computed from; the keys are those of `scores` in search results. */
export interface RankingFeatures {
  /** BM25 over title, headings and text. */
  bm25: number
  /** The same for `contextTerms`. */
  contextBm25: number
  /** Cosine with the nearest passage. */
  cosine: number
  /** Cosine with the whole section: the mean of its passages. */
  sectionCosine: number
  /** Share of the question's words, by weight, in title and headings. */
  headings: number
  /** Share of the last heading's words that are in the question. */
  headingFocus: number
  /** 1 when heading and question have the same words, stop words aside. */
  sameHeading: number
  /** Share of the question's words, by weight, anywhere in the section. */
  coverage: number
  /** Share of the question's pairs of adjacent words that are near each other in the section. */
  phrases: number
  /** Logarithm of its word count: a heading with one line of text seldom answers. */
  length: number
  /** BM25 of the section's best passage, over its text. */
  passageBm25: number
  /** How alike the question's words are, on average by weight, each to the word most like it in the section's best passage. */
  similarWords: number
  /** Share of the question's words, by weight, in the path of the page. */
  path: number
  /** First score of the best other section of the page. */
  page: number
  /** First score of the best section that this one is below. */
  parent: number
  /** How well the candidates did that link to its page, or to whose pages it links. */
  linked: number
  /** How many other pages link to its page, on a logarithmic scale up to 1. */
  linkingPages: number
  /** How alike it is to the candidates of other pages, the best of them above all. */
  alike: number
}

/** Best first; ties by section id, so that the order never depends on the search that found them. */
export function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || a.section.id - b.section.id
}

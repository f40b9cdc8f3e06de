import type {IndexBuild, TextWeights} from '../search-index/index.ts'
import type {BackgroundCosine} from './background-cosine.ts'
import type {RankingQuery} from './candidate.ts'
import {firstWeights} from './fusion.ts'
import {semanticDepth} from './search-depths.ts'

const lexicalDepth = 100

/** BM25 weights of the word index's columns. */
const textWeights: TextWeights = {title: 2, headings: 3, text: 1}

/** The results of the searches: scores by section id. */
export interface SearchHits {
  /** BM25 for the question's own words. */
  readonly lexical: ReadonlyMap<number, number>
  /** BM25 for the words of earlier turns. */
  readonly contextual: ReadonlyMap<number, number>
  /** Cosine with the nearest passage that the vector search found. */
  readonly similar: ReadonlyMap<number, number>
}

/**
 * Sections that contain words of the question, and of the conversation before it.
 */
export function searchWords(
  build: IndexBuild,
  {terms, contextTerms, contextWeight}: RankingQuery,
): Pick<SearchHits, 'lexical' | 'contextual'> {
  const matching = (searched: readonly string[]) =>
    new Map(
      build.matching(searched, lexicalDepth, textWeights).map(({sectionId, score}) => [sectionId, score]),
    )
  const hasContext = contextWeight > 0 && contextTerms.length > 0
  return {
    lexical: matching([...new Set(terms.flatMap((term) => term.terms))]),
    contextual: hasContext ? matching(contextTerms) : new Map(),
  }
}

/** Sections of the passages nearest to a vector. */
export function searchVectors(build: IndexBuild, vector: Float32Array): SearchHits['similar'] {
  const similar = new Map<number, number>()
  for (const hit of build.nearest(vector, semanticDepth)) {
    if (!similar.has(hit.sectionId)) similar.set(hit.sectionId, hit.similarity)
  }
  return similar
}

/**
 * The `count` best sections by the searches' own scores: reading a section costs more than finding it. One that only the
 * word search found counts with the lowest similarity of the vector search.
 */
export function preselect(
  {lexical, contextual, similar}: SearchHits,
  contextWeight: number,
  background: BackgroundCosine,
  count: number,
): number[] {
  const highest = (scores: ReadonlyMap<number, number>) => Math.max(1e-9, ...scores.values())
  const bestBm25 = highest(lexical)
  const bestContextBm25 = highest(contextual)
  const lowestSimilarity = similar.size === 0 ? 0 : Math.min(...similar.values())
  const ids = new Set([...lexical.keys(), ...contextual.keys(), ...similar.keys()])
  const scoreOf = (id: number) =>
    firstWeights.bm25 * ((lexical.get(id) ?? 0) / bestBm25) +
    firstWeights.contextBm25 * contextWeight * ((contextual.get(id) ?? 0) / bestContextBm25) +
    (firstWeights.cosine + firstWeights.sectionCosine) *
      (((similar.get(id) ?? lowestSimilarity) - background.mean) / background.spread)
  return [...ids]
    .map((id) => ({id, score: scoreOf(id)}))
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, count)
    .map(({id}) => id)
}

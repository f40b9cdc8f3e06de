import type {IndexBuild, TextWeights} from '../search-index/index.ts'
import type {BackgroundCosine} from './background-cosine.ts'
import type {Wanted} from './candidate.ts'
import {fusionWeights} from './fusion.ts'

const lexicalDepth = 100
const semanticDepth = 64

/** Of the columns of the word index. */
const textWeights: TextWeights = {title: 2, headings: 3, text: 1}

/** What the searches found: scores by section number. */
export interface SearchHits {
  /** BM25 for the question's own words. */
  readonly lexical: ReadonlyMap<number, number>
  /** BM25 for the words carried over from the conversation. */
  readonly contextual: ReadonlyMap<number, number>
  /** Cosine of the nearest passage that the vector search found. */
  readonly similar: ReadonlyMap<number, number>
}

/** Sections that hold words of the question, and of the conversation before it. `reach` multiplies how many are looked for. */
export function searchWords(
  build: IndexBuild,
  {terms, contextTerms, contextWeight}: Wanted,
  reach: number,
): Pick<SearchHits, 'lexical' | 'contextual'> {
  const matching = (searched: readonly string[]) =>
    new Map(
      build
        .matching(searched, lexicalDepth * reach, textWeights)
        .map(({sectionId, score}) => [sectionId, score]),
    )
  const hasContext = contextWeight > 0 && contextTerms.length > 0
  return {
    lexical: matching([...new Set(terms.flatMap((term) => term.terms))]),
    contextual: hasContext ? matching(contextTerms) : new Map(),
  }
}

/** Sections with the passages nearest to a vector. */
export function searchVectors(build: IndexBuild, vector: Float32Array, reach: number): SearchHits['similar'] {
  const similar = new Map<number, number>()
  for (const hit of build.nearest(vector, semanticDepth * reach)) {
    if (!similar.has(hit.sectionId)) similar.set(hit.sectionId, hit.similarity)
  }
  return similar
}

/**
 * The sections that the searches themselves speak for most: looking one up costs more than searching it. One
 * that only the words found is taken to mean as little as the last that the vectors found.
 */
export function preselected(
  {lexical, contextual, similar}: SearchHits,
  contextWeight: number,
  background: BackgroundCosine,
  count: number,
): number[] {
  const highest = (scores: ReadonlyMap<number, number>) => Math.max(1e-9, ...scores.values())
  const bm25 = highest(lexical)
  const contextBm25 = highest(contextual)
  const least = similar.size === 0 ? 0 : Math.min(...similar.values())
  const ids = new Set([...lexical.keys(), ...contextual.keys(), ...similar.keys()])
  const rough = (id: number) =>
    fusionWeights.bm25 * ((lexical.get(id) ?? 0) / bm25) +
    fusionWeights.contextBm25 * contextWeight * ((contextual.get(id) ?? 0) / contextBm25) +
    (fusionWeights.cosine + fusionWeights.sectionCosine) *
      (((similar.get(id) ?? least) - background.mean) / background.spread)
  return [...ids]
    .map((id) => ({id, score: rough(id)}))
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, count)
    .map(({id}) => id)
}

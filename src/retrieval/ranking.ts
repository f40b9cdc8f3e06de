import type {IndexBuild} from '../search-index/index.ts'
import {addAlikeFeature} from './alike-feature.ts'
import {type BackgroundCosine, backgroundCosine} from './background-cosine.ts'
import {BuildCache, type SectionHeadings} from './build-cache.ts'
import {indexesByPage} from './by-page.ts'
import {byScore, type Candidate, type RankingQuery} from './candidate.ts'
import {fuse, scoreFirst} from './fusion.ts'
import {headingFeaturesOf, noHeadingFeatures} from './heading-features.ts'
import {addLinkFeatures} from './link-features.ts'
import {addPageFeatures} from './page-features.ts'
import {QueryTerms} from './query-terms.ts'
import {cosinesOf} from './section-cosines.ts'
import {preselect, type SearchHits, searchVectors, searchWords} from './section-search.ts'
import {SimilarWords} from './similar-words.ts'
import type {Stage} from './stages.ts'
import {textFeaturesOf} from './text-features.ts'

/** Sections that become candidates, preselected by the scores of the two searches. */
const candidateDepth = 80
/** Candidates whose text is read, after a first sort. */
const textDepth = 24

export interface Ranking {
  readonly candidates: Candidate[]
  /** Mean and spread of the question's cosines with passages spread over the build. */
  readonly background: BackgroundCosine
  /** What the two searches found, before anything was ranked. */
  readonly hits: SearchHits
  readonly timings: RankingTimings
}

export interface RankingTimings {
  lexical: number
  semantic: number
  fuse: number
}

const noWordHits: Pick<SearchHits, 'lexical' | 'contextual'> = {lexical: new Map(), contextual: new Map()}

/**
 * Sections that may answer, best first, at most `depth`, each with its features. Synchronous; a few milliseconds
 * at most.
 *
 * Two searches find the candidates: BM25 over words and HNSW over passages. Every feature is then computed exactly for
 * every candidate, whichever search found it; those that need the text only for the best of a first sort.
 */
export function rankSections(
  build: IndexBuild,
  query: RankingQuery,
  depth: number,
  without: ReadonlySet<Stage>,
): Ranking {
  const started = performance.now()
  const hasVector = !without.has('semantic') && query.vector.some((value) => value !== 0)
  const wordHits = without.has('lexical') ? noWordHits : searchWords(build, query)
  const lexicalDone = performance.now()
  const similar: SearchHits['similar'] = hasVector ? searchVectors(build, query.vector) : new Map()
  const semanticDone = performance.now()

  const cache = BuildCache.of(build)
  const background = backgroundCosine(build, query.vector)
  const queryTerms = new QueryTerms(query.terms)
  const hits = {...wordHits, similar}
  const found = preselect(hits, query.contextWeight, background, candidateDepth)
  const ids = new Set([...found, ...(query.alsoRanked ?? [])])
  const candidates = cache
    .sections(ids)
    .map((headings) =>
      candidateOf(headings, {build, query, hits, hasVector, background, queryTerms, without}),
    )

  scoreFirst(candidates, query)
  candidates.sort(byScore)
  addTextFeatures(candidates.slice(0, textDepth), {cache, queryTerms, query, without})
  const pages = indexesByPage(candidates)
  if (!without.has('page')) addPageFeatures(candidates, pages)
  if (!without.has('links')) addLinkFeatures(build, candidates, pages)
  if (hasVector && !without.has('alike')) addAlikeFeature(build, candidates, pages, textDepth)
  fuse(candidates, query)
  candidates.sort(byScore)
  const timings = {
    lexical: lexicalDone - started,
    semantic: semanticDone - lexicalDone,
    fuse: performance.now() - semanticDone,
  }
  return {candidates: candidates.slice(0, depth), background, hits, timings}
}

interface CandidateContext {
  readonly build: IndexBuild
  readonly query: RankingQuery
  readonly hits: SearchHits
  /** False when the model knows no word of the question. */
  readonly hasVector: boolean
  readonly background: BackgroundCosine
  readonly queryTerms: QueryTerms
  readonly without: ReadonlySet<Stage>
}

/** A candidate with all features that do not need its text. */
function candidateOf(headings: SectionHeadings, context: CandidateContext): Candidate {
  const {build, query, hits, hasVector, background, queryTerms, without} = context
  const {section} = headings
  const {cosine, sectionCosine, bestPassageId} = hasVector
    ? cosinesOf(build, section, query.vector)
    : {cosine: 0, sectionCosine: 0, bestPassageId: section.firstPassage}
  const headingFeatures = without.has('headings')
    ? noHeadingFeatures
    : headingFeaturesOf(headings, queryTerms, BuildCache.of(build))
  const aboveBackground = (value: number) =>
    without.has('semantic') ? 0 : (value - background.mean) / background.spread
  return {
    section,
    headings,
    bestPassageId,
    firstScore: 0,
    score: 0,
    features: {
      bm25: hits.lexical.get(section.id) ?? 0,
      contextBm25: hits.contextual.get(section.id) ?? 0,
      cosine: aboveBackground(cosine),
      sectionCosine: aboveBackground(sectionCosine),
      headings: headingFeatures.match,
      headingFocus: headingFeatures.focus,
      sameHeading: headingFeatures.same,
      coverage: 0,
      phrases: 0,
      length: 0,
      passageBm25: 0,
      similarWords: 0,
      path: without.has('path') ? 0 : queryTerms.shareIn(headings.path),
      page: 0,
      parent: 0,
      linked: 0,
      linkingPages: 0,
      alike: 0,
    },
  }
}

interface TextContext {
  readonly cache: BuildCache
  readonly queryTerms: QueryTerms
  readonly query: RankingQuery
  readonly without: ReadonlySet<Stage>
}

function addTextFeatures(
  candidates: readonly Candidate[],
  {cache, queryTerms, query: {wordVectors}, without}: TextContext,
): void {
  const texts = candidates.map(({section}) => cache.textOf(section))
  const similarWords =
    wordVectors === null || without.has('similar-words') ? null : new SimilarWords(queryTerms, wordVectors)
  for (const [index, {headings, features}] of candidates.entries()) {
    const text = texts[index]!
    const {coverage, phrases, passageBm25, length} = textFeaturesOf(headings, text, queryTerms)
    features.length = length
    if (similarWords !== null) features.similarWords = similarWords.bestMeanIn(text.wordIds)
    if (!without.has('passages')) features.passageBm25 = passageBm25
    if (!without.has('coverage')) features.coverage = coverage
    if (!without.has('phrases')) features.phrases = phrases
  }
}

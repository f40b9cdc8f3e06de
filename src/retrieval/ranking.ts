import type {IndexBuild} from '../search-index/index.ts'
import {AskedTerms} from './asked-terms.ts'
import {type BackgroundCosine, backgroundCosine} from './background-cosine.ts'
import {BuildMemory, type SectionWords} from './build-memory.ts'
import {byScore, type Candidate, type Wanted} from './candidate.ts'
import {fuse} from './fusion.ts'
import {headingSignalsOf, noHeadingSignals} from './heading-match.ts'
import {addPageSignal} from './page-signal.ts'
import {cosinesOf} from './section-cosines.ts'
import {preselected, type SearchHits, searchVectors, searchWords} from './section-search.ts'
import type {Stage} from './stages.ts'
import {textSignalsOf} from './text-signals.ts'

/** Sections looked up, by what the two searches say of them. */
const candidateDepth = 80
/** Candidates whose text is read, after a first sort. */
const readDepth = 20
/** How much further the searches go where only one version is wanted: most of what they find may be of others. */
const versionReach = 4

export interface Ranking {
  readonly candidates: Candidate[]
  /** What passages spread over the build give: mean and spread of their cosines with the question. */
  readonly background: BackgroundCosine
  readonly timings: RankingTimings
}

export interface RankingTimings {
  lexical: number
  semantic: number
  fuse: number
}

const noWordHits: Pick<SearchHits, 'lexical' | 'contextual'> = {lexical: new Map(), contextual: new Map()}

/**
 * Sections that may answer, best first, at most `depth`, each with its signals. Synchronous; a few milliseconds
 * at most.
 *
 * Two searches give the candidates: BM25 over words and HNSW over passages. Every candidate then gets every
 * signal exactly, whichever search found it; the best of a first sort have their text read as well.
 */
export function rankedSections(
  build: IndexBuild,
  wanted: Wanted,
  depth: number,
  without: ReadonlySet<Stage>,
): Ranking {
  const started = performance.now()
  const hasVector = !without.has('semantic') && wanted.vector.some((value) => value !== 0)
  const reach = wanted.version === null ? 1 : versionReach
  const wordHits = without.has('lexical') ? noWordHits : searchWords(build, wanted, reach)
  const lexicalDone = performance.now()
  const similar: SearchHits['similar'] = hasVector ? searchVectors(build, wanted.vector, reach) : new Map()
  const semanticDone = performance.now()

  const memory = BuildMemory.of(build)
  const background = backgroundCosine(build, wanted.vector)
  const asked = new AskedTerms(wanted.terms)
  const hits = {...wordHits, similar}
  const ids = preselected(hits, wanted.contextWeight, background, candidateDepth * reach)
  const candidates = memory
    .sections(ids)
    .filter(({section}) => wanted.version === null || section.page.version === wanted.version)
    .map((words) => candidateOf(words, {build, wanted, hits, hasVector, background, asked, without}))

  fuse(candidates, wanted)
  candidates.sort(byScore)
  for (const candidate of candidates.slice(0, readDepth)) addTextSignals(candidate, memory, asked, without)
  if (!without.has('page')) addPageSignal(candidates)
  fuse(candidates, wanted)
  candidates.sort(byScore)
  const timings = {
    lexical: lexicalDone - started,
    semantic: semanticDone - lexicalDone,
    fuse: performance.now() - semanticDone,
  }
  return {candidates: candidates.slice(0, depth), background, timings}
}

interface CandidateContext {
  readonly build: IndexBuild
  readonly wanted: Wanted
  readonly hits: SearchHits
  /** Whether the question's vector says anything. */
  readonly hasVector: boolean
  readonly background: BackgroundCosine
  readonly asked: AskedTerms
  readonly without: ReadonlySet<Stage>
}

/** A candidate with the signals that cost no reading of its text. */
function candidateOf(words: SectionWords, context: CandidateContext): Candidate {
  const {build, wanted, hits, hasVector, background, asked, without} = context
  const {section} = words
  const {cosine, sectionCosine, bestPassageId} = hasVector
    ? cosinesOf(build, section, wanted.vector)
    : {cosine: 0, sectionCosine: 0, bestPassageId: section.firstPassage}
  const heading = without.has('headings')
    ? noHeadingSignals
    : headingSignalsOf(words, asked, (term) => BuildMemory.of(build).weightOf(term))
  const aboveChance = (value: number) =>
    without.has('semantic') ? 0 : (value - background.mean) / background.spread
  return {
    section,
    words,
    bestPassageId,
    score: 0,
    signals: {
      bm25: hits.lexical.get(section.id) ?? 0,
      contextBm25: hits.contextual.get(section.id) ?? 0,
      cosine: aboveChance(cosine),
      sectionCosine: aboveChance(sectionCosine),
      headings: heading.match,
      headingFocus: heading.focus,
      sameHeading: heading.same,
      coverage: 0,
      phrases: 0,
      length: 0,
      page: 0,
    },
  }
}

function addTextSignals(
  {section, words, signals}: Candidate,
  memory: BuildMemory,
  asked: AskedTerms,
  without: ReadonlySet<Stage>,
): void {
  const {coverage, phrases, length} = textSignalsOf(words, memory.textOf(section), asked)
  signals.length = length
  if (!without.has('coverage')) signals.coverage = coverage
  if (!without.has('phrases')) signals.phrases = phrases
}

import {dot, dotAt} from '../lib/vector-math.ts'
import type {IndexBuild, StoredSection, TextWeights} from '../search-index/index.ts'
import {isStopTerm} from '../text/stop-words.ts'
import {BuildMemory, gap, type SectionWords} from './build-memory.ts'
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

/** The stages that can be taken away, to see what each is worth. */
export type Stage =
  | 'lexical'
  | 'semantic'
  | 'headings'
  | 'coverage'
  | 'phrases'
  | 'page'
  | 'spelling'
  | 'follow-up'
  | 'duplicates'
  | 'diversity'

export const stages = [
  'lexical',
  'semantic',
  'headings',
  'coverage',
  'phrases',
  'page',
  'spelling',
  'follow-up',
  'duplicates',
  'diversity',
] as const satisfies readonly Stage[]

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

const lexicalDepth = 100
const semanticDepth = 64
/** Sections looked up, by what the two searches say of them. */
const candidateDepth = 80
/** Candidates whose text is read, after a first sort. */
const readDepth = 20

/** Of the columns of the words index. */
export const textWeights: TextWeights = {title: 2, headings: 3, text: 1}

/** The marks of the build that cosines are read against: what a passage picked at random gives. */
interface Background {
  /** One after the other. */
  readonly vectors: Float32Array
  readonly count: number
}

const backgrounds = new WeakMap<IndexBuild, Background>()
const backgroundSize = 192

function backgroundOf(build: IndexBuild): Background {
  let background = backgrounds.get(build)
  if (background === undefined) {
    // By page, since passage numbers may have gaps; the middle section of each, as likely as any other.
    const pages = build.pages()
    const step = Math.max(1, pages.length / backgroundSize)
    const vectors: Float32Array[] = []
    for (let at = 0; at < pages.length; at += step) {
      const sections = build
        .sectionsOf(pages[Math.floor(at)]!.id)
        .filter(({passageCount}) => passageCount > 0)
      const section = sections[Math.floor(sections.length / 2)]
      if (section !== undefined) vectors.push(build.vectorOf(section.firstPassage))
    }
    const {dimensions} = build.manifest.embedding
    const packed = new Float32Array(vectors.length * dimensions)
    for (const [index, vector] of vectors.entries()) packed.set(vector, index * dimensions)
    background = {vectors: packed, count: vectors.length}
    backgrounds.set(build, background)
  }
  return background
}

/** Mean and spread of the cosines of a vector with passages spread over the build. */
export function backgroundCosine(build: IndexBuild, vector: Float32Array): BackgroundCosine {
  const {vectors, count} = backgroundOf(build)
  if (count === 0) return {mean: 0, spread: 1}
  let sum = 0
  let squares = 0
  for (let index = 0; index < count; index++) {
    const cosine = dotAt(vector, vectors, index * vector.length)
    sum += cosine
    squares += cosine * cosine
  }
  const mean = sum / count
  return {mean, spread: Math.max(0.02, Math.sqrt(Math.max(0, squares / count - mean * mean)))}
}

export interface Ranking {
  readonly candidates: Candidate[]
  /** What passages spread over the build give: mean and spread of their cosines with the question. */
  readonly background: BackgroundCosine
  readonly timings: RankingTimings
}

export interface BackgroundCosine {
  readonly mean: number
  readonly spread: number
}

export interface RankingTimings {
  lexical: number
  semantic: number
  fuse: number
}

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
  const memory = BuildMemory.of(build)
  const hasVector = wanted.vector.some((value) => value !== 0)
  const lexical = new Map<number, number>()
  const contextual = new Map<number, number>()
  const reach = wanted.version === null ? 1 : 4

  if (!without.has('lexical')) {
    const terms = [...new Set(wanted.terms.flatMap((term) => term.terms))]
    for (const hit of build.matching(terms, lexicalDepth * reach, textWeights)) {
      lexical.set(hit.sectionId, hit.score)
    }
    if (wanted.contextWeight > 0 && wanted.contextTerms.length > 0) {
      for (const hit of build.matching(wanted.contextTerms, lexicalDepth * reach, textWeights)) {
        contextual.set(hit.sectionId, hit.score)
      }
    }
  }
  const lexicalDone = performance.now()

  const similar = new Map<number, number>()
  if (!without.has('semantic') && hasVector) {
    for (const hit of build.nearest(wanted.vector, semanticDepth * reach)) {
      if (!similar.has(hit.sectionId)) similar.set(hit.sectionId, hit.similarity)
    }
  }
  const semanticDone = performance.now()

  const background = backgroundCosine(build, wanted.vector)
  const asked = new AskedTerms(wanted.terms)
  const headingMatch = new HeadingMatch(memory, asked)
  const candidates: Candidate[] = []
  const ids = promising(lexical, contextual, similar, wanted, background, candidateDepth * reach)
  for (const words of memory.sections(ids)) {
    const {section} = words
    if (wanted.version !== null && section.page.version !== wanted.version) continue
    const {cosine, sectionCosine, bestPassageId} =
      without.has('semantic') || !hasVector
        ? {cosine: 0, sectionCosine: 0, bestPassageId: section.firstPassage}
        : cosinesOf(build, memory, section, wanted.vector)
    const heading = without.has('headings') ? {match: 0, focus: 0, same: 0} : headingMatch.of(words)
    candidates.push({
      section,
      words,
      bestPassageId,
      score: 0,
      signals: {
        bm25: lexical.get(section.id) ?? 0,
        contextBm25: contextual.get(section.id) ?? 0,
        cosine: without.has('semantic') ? 0 : (cosine - background.mean) / background.spread,
        sectionCosine: without.has('semantic') ? 0 : (sectionCosine - background.mean) / background.spread,
        headings: heading.match,
        headingFocus: heading.focus,
        sameHeading: heading.same,
        coverage: 0,
        phrases: 0,
        length: 0,
        page: 0,
      },
    })
  }

  fuse(candidates, wanted)
  candidates.sort(byScore)
  for (const candidate of candidates.slice(0, readDepth)) readText(memory, candidate, asked, without)
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

/**
 * The sections that the searches themselves speak for most: looking one up costs more than searching it. One
 * that only the words found is taken to mean as little as the last that the vectors found.
 */
function promising(
  lexical: ReadonlyMap<number, number>,
  contextual: ReadonlyMap<number, number>,
  similar: ReadonlyMap<number, number>,
  wanted: Wanted,
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
    fusionWeights.contextBm25 * wanted.contextWeight * ((contextual.get(id) ?? 0) / contextBm25) +
    (fusionWeights.cosine + fusionWeights.sectionCosine) *
      (((similar.get(id) ?? least) - background.mean) / background.spread)
  return [...ids]
    .map((id) => ({id, score: rough(id)}))
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, count)
    .map(({id}) => id)
}

function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || a.section.id - b.section.id
}

/**
 * What a signal at its full strength adds to a score. Shares and BM25 (as a share of the best) go from 0 to 1,
 * cosines count in spreads above what chance gives, up to about 8, and the length is a logarithm up to about 7.
 * Found by halving and doubling each on questions people asked; the figures are flat around these.
 */
export const fusionWeights: Readonly<Record<keyof Signals, number>> = {
  bm25: 4,
  contextBm25: 3,
  cosine: 0.45,
  sectionCosine: 0.45,
  headings: 1,
  headingFocus: 0.6,
  sameHeading: 2.5,
  coverage: 1.2,
  phrases: 1,
  length: 0.1,
  page: 0.25,
}

function fuse(candidates: readonly Candidate[], wanted: Wanted): void {
  const weights = fusionWeights
  let bm25 = 0
  let contextBm25 = 0
  for (const {signals} of candidates) {
    bm25 = Math.max(bm25, signals.bm25)
    contextBm25 = Math.max(contextBm25, signals.contextBm25)
  }
  for (const candidate of candidates) {
    const {signals} = candidate
    candidate.score =
      weights.bm25 * (signals.bm25 / (bm25 || 1)) +
      weights.contextBm25 * wanted.contextWeight * (signals.contextBm25 / (contextBm25 || 1)) +
      weights.cosine * signals.cosine +
      weights.sectionCosine * signals.sectionCosine +
      weights.headings * signals.headings +
      weights.headingFocus * signals.headingFocus +
      weights.sameHeading * signals.sameHeading +
      weights.coverage * signals.coverage +
      weights.phrases * signals.phrases +
      weights.length * signals.length +
      weights.page * signals.page
  }
}

function cosinesOf(
  build: IndexBuild,
  memory: BuildMemory,
  section: StoredSection,
  vector: Float32Array,
): {cosine: number; sectionCosine: number; bestPassageId: number} {
  const {firstPassage, passageCount} = section
  if (passageCount === 0) return {cosine: 0, sectionCosine: 0, bestPassageId: firstPassage}
  let best = -1
  let sum = 0
  let bestPassageId = firstPassage
  for (let id = firstPassage; id < firstPassage + passageCount; id++) {
    const cosine = dot(vector, build.vectorOf(id))
    sum += cosine
    if (cosine > best) {
      best = cosine
      bestPassageId = id
    }
  }
  // The dot product with a sum is the sum of the dot products.
  const sectionCosine = passageCount === 1 ? best : sum / memory.normOf(section)
  return {cosine: best, sectionCosine, bestPassageId}
}

/** Title and headings against the question. */
class HeadingMatch {
  readonly #asked: AskedTerms
  readonly #memory: BuildMemory

  constructor(memory: BuildMemory, asked: AskedTerms) {
    this.#memory = memory
    this.#asked = asked
  }

  of({titleAndHeadings, lastHeading}: SectionWords): {match: number; focus: number; same: number} {
    const asked = this.#asked
    // Most headings share nothing with a question.
    const present = new Set<string>()
    for (const term of titleAndHeadings) if (asked.places.has(term)) present.add(term)
    if (present.size === 0) return {match: 0, focus: 0, same: 0}
    const match = asked.shareIn(present)
    if (!lastHeading.some((term) => present.has(term))) return {match, focus: 0, same: 0}
    let weight = 0
    let found = 0
    for (const term of lastHeading) {
      // "What is a build?" is a heading about builds, as the question is.
      if (isStopTerm(term) && !present.has(term)) continue
      const own = this.#memory.weightOf(term)
      weight += own
      if (present.has(term)) found += own
    }
    const focus = weight === 0 ? 0 : found / weight
    const isSame = focus === 1 && asked.shareIn(new Set(lastHeading)) === 1
    return {match, focus, same: isSame ? 1 : 0}
  }
}

/** The question's words, ready to be looked for in many texts. */
class AskedTerms {
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

function readText(
  memory: BuildMemory,
  candidate: Candidate,
  asked: AskedTerms,
  without: ReadonlySet<Stage>,
): void {
  const {section, words, signals} = candidate
  const text = memory.textOf(section)
  signals.length = Math.log1p(text.words)
  const present = new Set<string>()
  for (const term of words.titleAndHeadings) if (asked.places.has(term)) present.add(term)
  const pairs = new Set<number>()
  let place = 0
  let lastIndex = -1
  let lastPlace = -10
  const visit = (term: string) => {
    if (term === gap) {
      place += 10
      return
    }
    place++
    const index = asked.places.get(term)
    if (index === undefined) return
    present.add(term)
    if (index !== lastIndex && place - lastPlace <= 3) {
      pairs.add(Math.min(index, lastIndex) * 64 + Math.max(index, lastIndex))
    }
    lastIndex = index
    lastPlace = place
  }
  for (const term of words.lastHeading) visit(term)
  for (const term of text.terms) visit(term)

  let pairTotal = 0
  let pairFound = 0
  for (const [index, term] of asked.terms.entries()) {
    const next = asked.terms[index + 1]
    if (next === undefined) continue
    const weight = Math.min(term.weight, next.weight)
    pairTotal += weight
    if (pairs.has(index * 64 + index + 1)) pairFound += weight
  }
  if (!without.has('coverage')) signals.coverage = asked.shareIn(present)
  if (!without.has('phrases')) signals.phrases = pairTotal === 0 ? 0 : pairFound / pairTotal
}

/** The best other sections of the same page speak for it. */
function addPageSignal(candidates: readonly Candidate[]): void {
  const byPage = new Map<number, Candidate[]>()
  for (const candidate of candidates) {
    const mates = byPage.get(candidate.section.page.id)
    if (mates === undefined) byPage.set(candidate.section.page.id, [candidate])
    else mates.push(candidate)
  }
  for (const mates of byPage.values()) {
    for (const candidate of mates) {
      let best = 0
      for (const mate of mates) if (mate !== candidate) best = Math.max(best, mate.score)
      candidate.signals.page = best
    }
  }
}

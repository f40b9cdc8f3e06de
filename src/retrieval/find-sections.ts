import {type Answerability, DocentError, type SiteUrl, type Turn, turnsBefore} from '../domain/index.ts'
import {type Embedder, knowsLanguage} from '../embedding/index.ts'
import {headOf} from '../lib/cut.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {askedIn} from '../text/pasted-text.ts'
import {abstentionReason, shadeOf, thresholdFor} from './abstention.ts'
import {
  type AnswerabilityFeatures,
  answerabilityDepth,
  answerabilityFeaturesOf,
} from './answerability-features.ts'
import {BuildCache} from './build-cache.ts'
import {answerabilityOf, type Calibration, parseCalibration} from './calibration.ts'
import type {Candidate, RankingQuery} from './candidate.ts'
import {diversifyPages, withoutDuplicates} from './diversify.ts'
import {type EnglishFeatures, englishAnswerabilityOf, englishFeaturesOf} from './english-answerability.ts'
import {followUpOf, needsEarlierTurns, noTopic, standsAlone, type Topic, topicOf} from './follow-up.ts'
import {nearestPages} from './page-links.ts'
import {dependenceOnPage, preferPage, sectionsNear, topicOfPlace} from './page-preference.ts'
import {type QuestionRewriter, rewriteQuestion} from './question-rewriter.ts'
import {questionTermsOf, weightOf} from './question-terms.ts'
import {questionVector} from './question-vector.ts'
import {type Ranking, rankSections} from './ranking.ts'
import type {Abstention, RetrieveOptions} from './retriever.ts'
import {isAboutSoftware} from './software-topic.ts'
import type {Stage} from './stages.ts'
import {isTechnicalEnglish} from './technical-english.ts'
import {isAboutUnknownName, saysNumbersOnly} from './unknown-names.ts'
import {unknownWordsOf} from './unknown-words.ts'
import type {VisitorPlace} from './visitor-place.ts'
import {wordAnswerabilityOf} from './word-answerability.ts'

export interface FindDeps {
  readonly embedder: Embedder
  /** Where the docs live; null for this server. */
  readonly siteUrl: SiteUrl
  /** Rewrites follow-up questions to stand alone; undefined: the topic comes from earlier turns. */
  readonly rewriter: QuestionRewriter | undefined
  readonly rewriteTimeoutMs: number
  /** Called with one sentence when a question could not be rewritten. */
  readonly onNote: (note: string) => void
  /** Decides abstention; undefined for the build's own. */
  readonly calibration: Calibration | undefined
  readonly without: ReadonlySet<Stage>
}

export interface FindQuery {
  readonly question: string
  readonly history: readonly Turn[]
  /** The version of the docs that was asked for; null for any. */
  readonly version: string | null
  /** The question as a model wrote it to stand alone; null or absent where none did. */
  readonly standalone?: string | null
  /** The language of the question, BCP 47; null or absent for that of the docs. */
  readonly language?: string | null
  /** Where the visitor is; null or absent where that is not known. */
  readonly place?: VisitorPlace | null
  /** Candidates among which duplicates are removed. */
  readonly depth: number
}

export interface FoundSections {
  /** What was searched for. */
  readonly query: string
  readonly rankingQuery: RankingQuery
  /** Before diversification and duplicates. */
  readonly ranking: Ranking
  /** Best first. */
  readonly candidates: readonly Candidate[]
  readonly features: AnswerabilityFeatures & Partial<EnglishFeatures>
  readonly answerability: number
  /** Docent abstains below it. */
  readonly threshold: number
  readonly abstention: Abstention | null
  /** Says nothing on abstention. */
  readonly shade: Answerability
  /** Words of the question that the docs never use, as it has them. */
  readonly unknownWords: readonly string[]
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>
}

/** Longest part of a question that is used, in UTF-16 units. */
const maxQuestionLength = 4_000

/**
 * The sections of a build that may answer a question, and whether they do: the question in its context, its vector and
 * terms, ranking, diversification, abstention. Vectors count only where the model knows the languages of both.
 * @throws DocentError `embedding_model`; the signal's reason when aborted.
 */
export async function findSections(
  build: IndexBuild,
  query: FindQuery,
  options: RetrieveOptions,
  deps: FindDeps,
): Promise<FoundSections> {
  const {signal} = options
  const {embedder, without} = deps
  const {version, depth} = query
  const language = query.language ?? build.language
  signal?.throwIfAborted()
  checkEmbedder(build, embedder)
  const {place = null} = query
  const {question, topic, isAboutPage} = questionInContext(build, {...query, language}, deps)

  const embedStarted = performance.now()
  const hasVectors = knowsLanguage(embedder, build.language) && knowsLanguage(embedder, language)
  const vectorOf = async (context: Topic): Promise<Float32Array> =>
    hasVectors && !without.has('semantic')
      ? questionVector(embedder, question, context)
      : new Float32Array(embedder.dimensions)
  const vector = await vectorOf(topic)
  signal?.throwIfAborted()
  const termsStarted = performance.now()
  const terms = questionTermsOf(build, question, {spelling: !without.has('spelling'), language})
  const rankingQuery: RankingQuery = {
    terms,
    vector,
    contextTerms: topic.terms,
    contextWeight: topic.weight,
    wordVectors: embedder.words ?? null,
    alsoRanked: place !== null && isAboutPage ? sectionsNear(build, place) : [],
  }
  const rankStarted = performance.now()
  const ranked = rankSections(build, rankingQuery, Math.max(depth * 2, answerabilityDepth), without)
  const diversifyStarted = performance.now()
  const preferred =
    place === null ? ranked.candidates : preferPage(ranked.candidates, place, isAboutPage ? topic.weight : 0)
  const candidates = diversified(build, preferred, depth, without)
  const meansPage = isAboutPage && topic.weight === 1
  const judged = meansPage
    ? {query: rankingQuery, ranked}
    : await judgedAlone(build, question, {query: rankingQuery, ranked, vectorOf}, without)
  const {reason, features, answerability, threshold} = await assess(
    build,
    {question, version, hasVectors, isAboutPage},
    judged,
    deps,
  )
  const unknownWords = unknownWordsOf(build, {question: query.question, language, terms})
  return {
    query: topic.words.length === 0 ? question : `${question} (${topic.words.slice(0, 4).join(', ')})`,
    rankingQuery,
    ranking: ranked,
    candidates,
    features,
    answerability,
    threshold,
    abstention: reason === null ? null : {reason, nearest: nearestPages(build, candidates, deps.siteUrl)},
    shade: shadeOf(answerability, threshold, unknownWords),
    unknownWords,
    timings: {
      embed: termsStarted - embedStarted,
      terms: rankStarted - termsStarted,
      ...ranked.timings,
      choose: performance.now() - diversifyStarted,
    },
  }
}

function checkEmbedder(build: IndexBuild, embedder: Embedder): void {
  const {embedding} = build.manifest
  if (embedding.id !== embedder.id || embedding.dimensions !== embedder.dimensions) {
    throw new DocentError(
      'embedding_model',
      `The index was made with the embedding model ${embedding.name}, but ${embedder.name} is loaded, or another version of it; ingest again.`,
    )
  }
}

interface QuestionInContext {
  readonly question: string
  /** What it takes from earlier turns, or from the visitor's page; empty once it was rewritten to stand alone. */
  readonly topic: Topic
  /** Whether it refers to the page that the visitor is on, which is the topic then. */
  readonly isAboutPage: boolean
}

function questionInContext(build: IndexBuild, query: FindQuery, deps: FindDeps): QuestionInContext {
  const {place = null, language = null} = query
  const {question, history} = askedQuestion(query, deps)
  if (place !== null && query.standalone == null) {
    const weight = dependenceOnPage(question, history, language)
    if (weight > 0) return {question, topic: topicOfPlace(build, place, weight), isAboutPage: true}
  }
  return {...questionInConversation(build, query, deps), isAboutPage: false}
}

function questionInConversation(
  build: IndexBuild,
  query: FindQuery,
  deps: FindDeps,
): Omit<QuestionInContext, 'isAboutPage'> {
  const {question, message, history} = askedQuestion(query, deps)
  if (query.standalone != null) return {question: query.standalone, topic: noTopic}
  const {analysis} = BuildCache.of(build)
  const weight = (term: string): number =>
    BuildCache.of(build).frequencyOf(term) === 0 ? 0 : weightOf(build, term)
  if (deps.without.has('follow-up')) return {question, topic: noTopic}
  if (message === '') return followUpOf(question, history, weight, analysis)
  // The message of a pasted log, or a story, counts as what was said just before the question: second to it.
  const told: Turn = {role: 'user', content: message}
  return {question, topic: topicOf(question, [...history, told], weight, analysis)}
}

/** The question in what was sent, the message around it, and the turns before it. */
function askedQuestion(
  query: Pick<FindQuery, 'question' | 'history'>,
  {without}: Pick<FindDeps, 'without'>,
): {readonly question: string; readonly message: string; readonly history: readonly Turn[]} {
  const {asked, message} = without.has('paste')
    ? {asked: query.question, message: ''}
    : askedIn(query.question)
  const question = headOf(asked, maxQuestionLength)
  return {question, message, history: turnsBefore(question, query.history)}
}

/** A follow-up rewritten to stand alone; null for a first question, without a rewriter, or when rewriting failed. */
export async function standaloneQuestion(
  query: Pick<FindQuery, 'question' | 'history'>,
  {signal, onModelCall, mayCallModel = true}: RetrieveOptions,
  {rewriter, rewriteTimeoutMs, onNote, without}: FindDeps,
): Promise<string | null> {
  const {question, history} = askedQuestion(query, {without})
  if (rewriter === undefined || history.length === 0 || !mayCallModel) return null
  onModelCall?.()
  const result = await rewriteQuestion(question, history, {rewriter, timeoutMs: rewriteTimeoutMs, signal})
  if ('question' in result) return result.question
  onNote(`A follow-up question was searched for without being rewritten: ${result.problem}.`)
  return null
}

/** Spread over pages and without duplicates. */
function diversified(
  build: IndexBuild,
  candidates: readonly Candidate[],
  depth: number,
  without: ReadonlySet<Stage>,
): readonly Candidate[] {
  const spread = without.has('diversity') ? candidates : diversifyPages(candidates)
  return without.has('duplicates') ? spread : withoutDuplicates(build, spread, depth)
}

/** What the decision to answer is made from. */
interface Judged {
  readonly query: RankingQuery
  readonly ranked: Ranking
}

/**
 * A question that says enough by itself, or has a word that the docs never use, is judged without the conversation, whose
 * topic would make any question look like one that the docs answer.
 */
async function judgedAlone(
  build: IndexBuild,
  question: string,
  {query, ranked, vectorOf}: Judged & {readonly vectorOf: (topic: Topic) => Promise<Float32Array>},
  without: ReadonlySet<Stage>,
): Promise<Judged> {
  if (query.contextWeight === 0) return {query, ranked}
  if (!standsAlone(question) && !namesUnknown(query)) return {query, ranked}
  const vector = await vectorOf(noTopic)
  const alone = {...query, vector, contextTerms: [], contextWeight: 0}
  return {query: alone, ranked: rankSections(build, alone, answerabilityDepth, without)}
}

/** How much of the threshold a question is let off because its own words cannot tell: from 0 to 1, all of it. */
function dependenceJudged(question: string, query: RankingQuery, isAboutPage: boolean): number {
  // Nothing but "what is this?": the page is there, so there is nothing to doubt.
  if (isAboutPage && query.contextWeight === 1) return 1
  const isDependent = isAboutPage || needsEarlierTurns(question)
  return isDependent && !namesUnknown(query) ? query.contextWeight : 0
}

/** Whether a question has a word that the docs never use, nor one like it. */
function namesUnknown({terms}: RankingQuery): boolean {
  return terms.some(({known, corrected}) => !known && !corrected)
}

/** What is asked of the docs. */
interface Assessed extends Pick<FindQuery, 'question' | 'version'> {
  /** Whether the embedding model knows the languages of question and docs. */
  readonly hasVectors: boolean
  /** Whether it refers to the page that the visitor is on. */
  readonly isAboutPage: boolean
}

/** How likely the docs answer the question, and why to abstain where they do not. */
async function assess(
  build: IndexBuild,
  {question, version, hasVectors, isAboutPage}: Assessed,
  {query, ranked}: Judged,
  deps: FindDeps,
) {
  const features = answerabilityFeaturesOf(query, ranked)
  const calibration = deps.calibration ?? parseCalibration(build.manifest.calibration)
  const {threshold, english} = calibration
  const isEnglish = hasVectors && isTechnicalEnglish(question)
  const {sections} = build.manifest.counts
  const englishFeatures =
    english && isEnglish ? englishFeaturesOf(build, question, query.terms, features) : null
  const answerability =
    english && englishFeatures !== null
      ? englishAnswerabilityOf(englishFeatures, english, sections, threshold)
      : hasVectors
        ? answerabilityOf(features, calibration)
        : wordAnswerabilityOf(features, sections, threshold)
  const applied = thresholdFor(threshold, dependenceJudged(question, query, isAboutPage))
  const reason = await abstentionReason({
    features,
    isAboutUnknownName: isEnglish && isAboutUnknownName(build, question, query.terms),
    saysNothing: isEnglish && query.contextWeight === 0 && saysNumbersOnly(query.terms),
    hasCandidates: ranked.candidates.length > 0,
    answerability,
    threshold: applied,
    version,
    isAboutSoftware: () => isAboutSoftware(deps.embedder, query.vector),
  })
  return {features: {...features, ...englishFeatures}, answerability, threshold: applied, reason}
}

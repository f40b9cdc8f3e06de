import {DocentError, type Turn, turnsBefore} from '../domain/index.ts'
import type {Embedder} from '../embedding/index.ts'
import {headOf} from '../lib/cut.ts'
import type {IndexBuild} from '../search-index/index.ts'
import {abstentionReason, thresholdFor} from './abstention.ts'
import {BuildMemory} from './build-memory.ts'
import {answerabilityOf, type Calibration, parseCalibration} from './calibration.ts'
import type {Candidate, Wanted} from './candidate.ts'
import {distinctCandidates, spreadOverPages} from './choice.ts'
import {type Evidence, evidenceDepth, evidenceOf} from './evidence.ts'
import {noTopic, type Topic, topicOf} from './follow-up.ts'
import {nearestPages} from './page-links.ts'
import {isAboutSoftware} from './question-field.ts'
import {type QuestionRewriter, rewritten} from './question-rewriter.ts'
import {questionTermsOf, weightOf} from './question-terms.ts'
import {questionVector} from './question-vector.ts'
import {type Ranking, rankedSections} from './ranking.ts'
import type {Abstention, RetrieveOptions} from './retriever.ts'
import type {Stage} from './stages.ts'

export interface FindDeps {
  readonly embedder: Embedder
  /** Where the docs live; null for this server. */
  readonly siteUrl: string | null
  /** Puts follow-up questions in words of their own; undefined: the topic is taken from the turns before. */
  readonly rewriter: QuestionRewriter | undefined
  readonly rewriteTimeoutMs: number
  /** Called with one sentence on why a question was searched for as it was. */
  readonly onNote: (note: string) => void
  /** Decides abstention; undefined: the build's own does. */
  readonly calibration: Calibration | undefined
  readonly without: ReadonlySet<Stage>
}

export interface FindQuery {
  readonly question: string
  readonly history: readonly Turn[]
  readonly version: string | null
  /** Candidates among which repeated text is looked for. */
  readonly depth: number
}

export interface FoundSections {
  /** What was searched for. */
  readonly query: string
  readonly wanted: Wanted
  /** Best first. */
  readonly candidates: readonly Candidate[]
  readonly evidence: Evidence
  readonly answerability: number
  readonly abstention: Abstention | null
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>
}

/** Longest question that is looked at, in UTF-16 units; a pasted log says in its first lines what it is about. */
const maxQuestionLength = 4_000

/**
 * The sections of a build that may answer a question, and whether they do: question in context, vector and terms,
 * ranking, choice, abstention.
 * @throws DocentError `version_not_found`, `embedding_model`; the signal's reason when aborted.
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
  signal?.throwIfAborted()
  checkBuild(build, version, embedder)
  const {question, topic, timings: contextTimings} = await inContext(build, query, options, deps)

  const embedStarted = performance.now()
  const vector = without.has('semantic')
    ? new Float32Array(embedder.dimensions)
    : await questionVector(embedder, question, topic)
  signal?.throwIfAborted()
  const termsStarted = performance.now()
  const terms = questionTermsOf(build, question, {spelling: !without.has('spelling')})
  const wanted: Wanted = {
    terms,
    vector,
    contextTerms: topic.terms,
    contextWeight: topic.weight,
    version,
  }
  const rankStarted = performance.now()
  const ranked = rankedSections(build, wanted, Math.max(depth * 2, evidenceDepth), without)
  const chooseStarted = performance.now()
  const candidates = chosen(build, ranked.candidates, depth, without)
  const judgement = await judged(build, wanted, ranked, deps)
  const {reason, evidence, answerability} = judgement
  return {
    query: topic.words.length === 0 ? question : `${question} (${topic.words.slice(0, 4).join(', ')})`,
    wanted,
    candidates,
    evidence,
    answerability,
    abstention: reason === null ? null : {reason, nearest: nearestPages(build, candidates, deps.siteUrl)},
    timings: {
      ...contextTimings,
      embed: termsStarted - embedStarted,
      terms: rankStarted - termsStarted,
      ...ranked.timings,
      choose: performance.now() - chooseStarted,
    },
  }
}

function checkBuild(build: IndexBuild, version: string | null, embedder: Embedder): void {
  if (version !== null && !build.versions().includes(version)) {
    throw new DocentError('version_not_found', `The index has no pages of version ${version}.`)
  }
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
  /** What it takes over from the turns before; nothing once it was rewritten to stand alone. */
  readonly topic: Topic
  /** How long rewriting took, where there was something to rewrite. */
  readonly timings: Readonly<Record<string, number>>
}

async function inContext(
  build: IndexBuild,
  query: FindQuery,
  options: RetrieveOptions,
  deps: FindDeps,
): Promise<QuestionInContext> {
  const asked = headOf(query.question, maxQuestionLength)
  const history = turnsBefore(asked, query.history)
  const started = performance.now()
  const alone = await standingAlone(asked, history, options, deps)
  const timings =
    deps.rewriter === undefined || history.length === 0 ? {} : {rewrite: performance.now() - started}
  if (alone !== null) return {question: alone, topic: noTopic, timings}
  const weight = (term: string): number =>
    BuildMemory.of(build).frequencyOf(term) === 0 ? 0 : weightOf(build, term)
  const topic = deps.without.has('follow-up') ? noTopic : topicOf(asked, history, weight)
  return {question: asked, topic, timings}
}

/** The follow-up in words of its own; null when it is none, or nobody could or would put it so. */
async function standingAlone(
  question: string,
  history: readonly Turn[],
  {signal, onModelCall}: RetrieveOptions,
  {rewriter, rewriteTimeoutMs, onNote}: FindDeps,
): Promise<string | null> {
  if (rewriter === undefined || history.length === 0) return null
  onModelCall?.()
  const result = await rewritten(question, history, {rewriter, timeoutMs: rewriteTimeoutMs, signal})
  if ('question' in result) return result.question
  onNote(`A follow-up question was searched for without being rewritten: ${result.problem}.`)
  return null
}

/** Spread over pages and without repeated text. */
function chosen(
  build: IndexBuild,
  candidates: readonly Candidate[],
  depth: number,
  without: ReadonlySet<Stage>,
): readonly Candidate[] {
  const spread = without.has('diversity') ? candidates : spreadOverPages(candidates)
  return without.has('duplicates') ? spread : distinctCandidates(build, spread, depth)
}

async function judged(build: IndexBuild, wanted: Wanted, ranked: Ranking, deps: FindDeps) {
  const evidence = evidenceOf(wanted, ranked)
  const calibration = deps.calibration ?? parseCalibration(build.manifest.calibration)
  const answerability = answerabilityOf(evidence, calibration)
  const reason = await abstentionReason({
    evidence,
    hasCandidates: ranked.candidates.length > 0,
    answerability,
    threshold: thresholdFor(calibration.threshold, wanted.contextWeight),
    version: wanted.version,
    isAboutSoftware: () => isAboutSoftware(deps.embedder, wanted.vector),
  })
  return {evidence, answerability, reason}
}

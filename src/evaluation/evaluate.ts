import type {Embedder} from '../embedding/index.ts'
import {auroc} from '../lib/statistics.ts'
import {
  addressOf,
  buildSections,
  depths,
  type EvaluationQuestion,
  isAnswerable,
  pageScores,
  ranksOf,
  type Scores,
  sectionScores,
} from '../question-sets/index.ts'
import type {Stage} from '../retrieval/index.ts'
import {type Calibration, createRetriever, parseCalibration} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import {type Interval, intervalOf} from './intervals.ts'

export interface EvaluateOptions {
  readonly current: CurrentBuild
  readonly embedder: Embedder
  /** With `gold` resolved against the build by `resolveGold`. */
  readonly questions: readonly EvaluationQuestion[]
  /** Questions the docs do not answer; default none. */
  readonly unanswerable?: readonly EvaluationQuestion[]
  /** Stages to leave out; default none. */
  readonly without?: ReadonlySet<Stage>
  /** Decides abstention; default that of the build. */
  readonly calibration?: Calibration
  /** Results to request; default 50, at least the deepest cut-off of the metrics. */
  readonly depth?: number
  readonly onQuestion?: (done: number, total: number) => void
  /** Stops between two questions. */
  readonly signal?: AbortSignal
}

/** The results for one question. */
export interface QuestionResult {
  readonly id: string
  readonly question: string
  /** What was searched for, which may differ from the question. */
  readonly query: string
  readonly relevant: readonly string[]
  readonly kind: string | null
  /** Null for an unanswerable one. */
  readonly section: Scores | null
  readonly page: Scores | null
  /** One-based rank of the first relevant section and page; null when not found. */
  readonly rank: {readonly section: number | null; readonly page: number | null}
  readonly answerability: number
  /** Why it would be refused; null when it would be answered. */
  readonly abstained: string | null
  readonly tookMs: number
  /** The first ten results, best first. */
  readonly retrieved: readonly {readonly url: string; readonly title: string; readonly score: number}[]
}

export interface AbstentionFigures {
  /** Probability that an answerable question has a higher answerability than an unanswerable one. */
  readonly auroc: number | null
  /** Null without answerable questions. */
  readonly aurocByKind: Readonly<Record<string, number | null>>
  /** The threshold in effect, which the shares refused are measured at. */
  readonly threshold: number
  /** Null without such questions. */
  readonly refusedAnswerable: number | null
  readonly refusedUnanswerable: number | null
  readonly refusedByKind: Readonly<Record<string, number | null>>
  /** Share of unanswerable questions refused at the threshold that refuses 3 % of the answerable ones. */
  readonly refusedUnanswerableAt3Percent: number | null
}

export interface Evaluation {
  readonly build: string
  readonly embedding: {readonly id: string; readonly name: string}
  readonly counts: {
    readonly pages: number
    readonly sections: number
    readonly passages: number
    readonly questions: number
    readonly unanswerable: number
  }
  readonly without: readonly Stage[]
  /** Mean of each metric over the answerable questions. */
  readonly metrics: {readonly section: Scores; readonly page: Scores}
  /** 95 % intervals of the metrics. */
  readonly intervals: {
    readonly section: Readonly<Record<string, Interval>>
    readonly page: Readonly<Record<string, Interval>>
  }
  readonly abstention: AbstentionFigures
  /** Milliseconds from question to results. */
  readonly latency: {readonly p50: number; readonly p99: number; readonly max: number}
  readonly questions: readonly QuestionResult[]
}

/** Asks the retriever that serves answers every question and scores its results. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const {current, embedder, questions, unanswerable = [], without = new Set<Stage>(), onQuestion} = options
  const depth = Math.max(depths.at(-1)!, options.depth ?? 50)
  const retriever = createRetriever({
    current,
    embedder,
    siteUrl: null,
    without,
    ...(options.calibration === undefined ? {} : {calibration: options.calibration}),
  })
  const lease = current.lease()
  try {
    const {manifest} = lease.build
    const known = buildSections(lease.build)
    const asked = [...questions, ...unanswerable]
    const results: QuestionResult[] = []
    for (const question of asked) {
      options.signal?.throwIfAborted()
      const found = await retriever.search({...known.searchFor(question), limit: depth})
      const sections = found.hits.map((hit) => known.foundSection(hit))
      const answerable = isAnswerable(question)
      results.push({
        id: question.id,
        question: question.question,
        query: found.query,
        relevant: question.relevant.map((entry) => (typeof entry === 'string' ? entry : addressOf(entry))),
        kind: question.kind,
        section: answerable ? sectionScores(sections, question.relevant) : null,
        page: answerable ? pageScores(sections, question.relevant) : null,
        rank: ranksOf(sections, question.relevant),
        answerability: found.answerability,
        abstained: found.abstention?.reason ?? null,
        tookMs: found.timings['total'] ?? 0,
        retrieved: found.hits.slice(0, 10).map((hit) => ({
          url: addressOf(hit),
          title: [hit.title, ...hit.headings].join(' › '),
          score: hit.score,
        })),
      })
      onQuestion?.(results.length, asked.length)
    }

    const answerableResults = results.filter((result) => result.section !== null)
    const unanswerableResults = results.filter((result) => result.section === null)
    const took = results.map((result) => result.tookMs).sort((a, b) => a - b)
    const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0
    return {
      build: manifest.id,
      embedding: {id: manifest.embedding.id, name: manifest.embedding.name},
      counts: {
        ...manifest.counts,
        questions: answerableResults.length,
        unanswerable: unanswerableResults.length,
      },
      without: [...without],
      metrics: {section: meansOf(answerableResults, 'section'), page: meansOf(answerableResults, 'page')},
      intervals: {
        section: intervalsOf(answerableResults, 'section'),
        page: intervalsOf(answerableResults, 'page'),
      },
      abstention: abstentionOf(
        answerableResults,
        unanswerableResults,
        (options.calibration ?? parseCalibration(manifest.calibration)).threshold,
      ),
      latency: {p50: at(0.5), p99: at(0.99), max: took.at(-1) ?? 0},
      questions: results,
    }
  } finally {
    lease.release()
  }
}

function namesOf(results: readonly QuestionResult[], by: 'section' | 'page'): string[] {
  return Object.keys(results[0]?.[by] ?? {})
}

function meansOf(results: readonly QuestionResult[], by: 'section' | 'page'): Scores {
  return Object.fromEntries(
    namesOf(results, by).map((name) => [
      name,
      results.reduce((sum, result) => sum + (result[by]?.[name] ?? 0), 0) / results.length,
    ]),
  )
}

function intervalsOf(results: readonly QuestionResult[], by: 'section' | 'page'): Record<string, Interval> {
  return Object.fromEntries(
    namesOf(results, by).map((name) => [name, intervalOf(results.map((result) => result[by]?.[name] ?? 0))]),
  )
}

function abstentionOf(
  answerable: readonly QuestionResult[],
  unanswerable: readonly QuestionResult[],
  threshold: number,
): AbstentionFigures {
  const scores = (results: readonly QuestionResult[]) => results.map(({answerability}) => answerability)
  const refused = (results: readonly QuestionResult[]) =>
    results.length === 0 ? null : results.filter(({abstained}) => abstained !== null).length / results.length
  const kinds = [...new Set(unanswerable.flatMap(({kind}) => (kind === null ? [] : [kind])))].sort()
  const byKind = <T>(figure: (ofKind: QuestionResult[]) => T) =>
    Object.fromEntries(
      kinds.map((kind) => [kind, figure(unanswerable.filter((result) => result.kind === kind))]),
    )
  const strictThreshold = scores(answerable).sort((a, b) => a - b)[Math.floor(answerable.length * 0.03)]
  return {
    auroc: auroc(scores(answerable), scores(unanswerable)),
    aurocByKind: byKind((ofKind) => auroc(scores(answerable), scores(ofKind))),
    threshold,
    refusedAnswerable: refused(answerable),
    refusedUnanswerable: refused(unanswerable),
    refusedByKind: byKind(refused),
    refusedUnanswerableAt3Percent:
      strictThreshold === undefined || unanswerable.length === 0
        ? null
        : unanswerable.filter(({answerability}) => answerability < strictThreshold).length /
          unanswerable.length,
  }
}

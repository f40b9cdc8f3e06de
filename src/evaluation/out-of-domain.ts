import type {Embedder} from '../embedding/index.ts'
import type {EvaluationQuestion} from '../question-sets/index.ts'
import type {Calibration, Stage} from '../retrieval/index.ts'
import {createRetriever} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import {type Interval, intervalOf} from './intervals.ts'

/** Questions of another set, which these docs do not answer. */
export interface OutOfDomainQuestions {
  readonly set: string
  readonly questions: readonly EvaluationQuestion[]
}

/** How often one set's docs refuse the questions of the other sets. */
export interface OutOfDomainMeasures {
  /** Share of all questions that are refused, with its 95 % interval; null when none was asked. */
  readonly refused: Interval | null
  /** By the set of the questions. */
  readonly bySet: Readonly<Record<string, {readonly questions: number; readonly refused: number | null}>>
  readonly questions: readonly OutOfDomainResult[]
}

interface OutOfDomainResult {
  /** The set of the question. */
  readonly set: string
  readonly id: string
  readonly question: string
  readonly refused: boolean
}

/** Asks the questions of other sets. Follow-ups are left out: without their history they have no subject. */
export async function askOutOfDomain(
  options: {
    readonly current: CurrentBuild
    readonly embedder: Embedder
    readonly without: ReadonlySet<Stage>
    readonly calibration?: Calibration
    readonly signal?: AbortSignal
  },
  outOfDomain: readonly OutOfDomainQuestions[],
): Promise<OutOfDomainMeasures> {
  const retriever = createRetriever({...options, siteUrl: null})
  const questions: OutOfDomainResult[] = []
  for (const {set, questions: asked} of outOfDomain) {
    for (const {id, question} of asked.filter(({history}) => history.length === 0)) {
      options.signal?.throwIfAborted()
      const {abstention} = await retriever.retrieve({question, history: [], version: null})
      questions.push({set, id, question, refused: abstention !== null})
    }
  }
  const share = (of: typeof questions) =>
    of.length === 0 ? null : of.filter(({refused}) => refused).length / of.length
  return {
    refused: questions.length === 0 ? null : intervalOf(questions.map(({refused}) => (refused ? 1 : 0))),
    bySet: Object.fromEntries(
      outOfDomain.map(({set}) => {
        const of = questions.filter((question) => question.set === set)
        return [set, {questions: of.length, refused: share(of)}]
      }),
    ),
    questions,
  }
}

/** An embedder that computes each question's vector once, since each is asked of several sets. */
export function cachingEmbedder(embedder: Embedder): Embedder {
  const known = new Map<string, Promise<Float32Array>>()
  return {
    id: embedder.id,
    name: embedder.name,
    dimensions: embedder.dimensions,
    ...(embedder.words === undefined ? {} : {words: embedder.words}),
    embedPassages: (texts, options) => embedder.embedPassages(texts, options),
    embedQuery(text) {
      const before = known.get(text) ?? embedder.embedQuery(text)
      known.set(text, before)
      return before
    },
    close: () => embedder.close(),
  }
}

import type {Embedder} from '../embedding/index.ts'
import type {EvaluationQuestion} from '../question-sets/index.ts'
import type {Calibration, Stage} from '../retrieval/index.ts'
import {createRetriever} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import {type Interval, intervalOf} from './intervals.ts'

/** Questions that other docs answer. */
export interface ForeignQuestions {
  readonly set: string
  readonly questions: readonly EvaluationQuestion[]
}

/** How the docs of one set took the questions of the others. */
export interface CrossMeasures {
  /** Share refused of all foreign questions, each counting the same, with its 95 % interval; null when none was asked. */
  readonly refused: Interval | null
  /** By the set that they are from. */
  readonly bySet: Readonly<Record<string, {readonly questions: number; readonly refused: number | null}>>
  readonly questions: readonly AskedForeign[]
}

interface AskedForeign {
  /** The set that it is from. */
  readonly set: string
  readonly id: string
  readonly question: string
  readonly refused: boolean
}

/** Asks these docs what others answer. Follow-ups are left out: without what was said before they are of no field. */
export async function askForeign(
  options: {
    readonly current: CurrentBuild
    readonly embedder: Embedder
    readonly without: ReadonlySet<Stage>
    readonly calibration?: Calibration
    readonly signal?: AbortSignal
  },
  foreign: readonly ForeignQuestions[],
): Promise<CrossMeasures> {
  const retriever = createRetriever({...options, siteUrl: null})
  const questions: AskedForeign[] = []
  for (const {set, questions: asked} of foreign) {
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
      foreign.map(({set}) => {
        const of = questions.filter((question) => question.set === set)
        return [set, {questions: of.length, refused: share(of)}]
      }),
    ),
    questions,
  }
}

/** An embedder that makes the vector of a question once: each is asked of many docs. */
export function rememberingEmbedder(embedder: Embedder): Embedder {
  const known = new Map<string, Promise<Float32Array>>()
  return {
    id: embedder.id,
    name: embedder.name,
    dimensions: embedder.dimensions,
    embedPassages: (texts, options) => embedder.embedPassages(texts, options),
    embedQuery(text) {
      const before = known.get(text) ?? embedder.embedQuery(text)
      known.set(text, before)
      return before
    },
    close: () => embedder.close(),
  }
}

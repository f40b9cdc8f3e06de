import {type AbstentionReason, DocentError, type Question, type Source, shownSource} from '../domain/index.ts'
import type {Redactor} from '../redaction/index.ts'
import type {Retriever} from '../retrieval/index.ts'
import type {AnsweringLimits} from './answering-limits.ts'
import {bareReplyTo, conversationOf} from './bare-reply.ts'
import {historyBefore, type PrepareAnswerDeps} from './prepare-answer.ts'
import type {Assessment} from './shown-sources.ts'
import {assessmentOf, firstQueryOf} from './source-search.ts'

/** The sources that an answer would show first. */
export interface FoundSources extends Assessment {
  readonly build: string
  /** What was searched for. */
  readonly query: string
  /** Best first; none where the answer would abstain, or the text asks nothing. */
  readonly sources: readonly Source[]
  /** Why the answer would abstain; null where it would not. */
  readonly reason: AbstentionReason | null
}

export interface FindSourcesDeps {
  readonly journal: PrepareAnswerDeps['journal']
  readonly limits: AnsweringLimits
  readonly redactor: Redactor
  /** Keeps what it finds. */
  readonly preparing: Retriever
  readonly currentBuild: () => string | null
}

/**
 * Searches for a question as its answer will, before it is asked: asked right after, it takes what was found here. Calls
 * no model and leaves nothing in the journal.
 * @throws DocentError as `Retriever.retrieve`.
 */
export async function findSources(
  submitted: Question,
  signal: AbortSignal,
  {journal, limits, preparing, currentBuild, redactor}: FindSourcesDeps,
): Promise<FoundSources> {
  const build = currentBuild()
  if (build === null) throw new DocentError('not_ready', 'There is no index yet')
  const turns = await historyBefore(submitted, {journal, limits, redactor})
  if (bareReplyTo(submitted.question, turns) !== null)
    return {build, query: submitted.question, sources: [], reason: null}
  const {question, history} = conversationOf(submitted.question, turns)
  const found = await preparing.retrieve(firstQueryOf({...submitted, question}, history, limits), {signal})
  const {abstention} = found
  return {
    build: found.build,
    query: found.query,
    sources: abstention === null ? found.sources.map(shownSource) : [],
    reason: abstention?.reason ?? null,
    ...assessmentOf(found),
  }
}

import type {
  AbstentionReason,
  Answerability,
  Ending,
  FinishReason,
  PageLink,
  Timings,
} from '../domain/index.ts'
import type {AnswerState} from './answer-state.ts'
import {refOf} from './ids.ts'
import type {JournalledAnswer} from './journal.ts'

/** An answer, running or ended, as JSON clients see it. */
export interface AnswerSnapshot
  extends Pick<JournalledAnswer, 'answerId' | 'question' | 'build'>,
    Pick<
      AnswerState,
      | 'abstained'
      | 'reason'
      | 'nearest'
      | 'answerability'
      | 'unknownWords'
      | 'finishReason'
      | 'partial'
      | 'error'
      | 'text'
      | 'sources'
      | 'citations'
      | 'usage'
    > {
  /** Null while it runs. */
  readonly ending: Ending | null
  readonly timings: Timings
}

/** @param state the state that all its events so far add up to. */
export function snapshotOf(answer: JournalledAnswer, state: AnswerState): AnswerSnapshot {
  return {
    answerId: answer.answerId,
    question: answer.question,
    build: answer.build,
    ending: state.ending ?? answer.ending,
    abstained: state.abstained,
    reason: state.reason,
    nearest: state.nearest,
    answerability: state.answerability,
    unknownWords: state.unknownWords,
    finishReason: state.finishReason,
    partial: state.partial,
    error: state.error,
    text: state.text,
    sources: state.sources,
    citations: state.citations,
    usage: state.usage,
    timings: state.timings(),
  }
}

/** An answer as JSON clients receive it. What is not known of it is absent. */
export interface AnswerJson
  extends Pick<
    AnswerSnapshot,
    | 'answerId'
    | 'question'
    | 'build'
    | 'ending'
    | 'abstained'
    | 'partial'
    | 'text'
    | 'sources'
    | 'citations'
    | 'usage'
    | 'timings'
  > {
  /** The answer's name for logs and analytics; gives no access. */
  readonly ref: string
  /** The key of the conversation: for who asked, in the response to the question; else null. */
  readonly conversationId: string | null
  readonly finishReason?: FinishReason
  readonly reason?: AbstentionReason
  readonly nearest?: readonly PageLink[]
  readonly answerability?: Answerability
  readonly unknownWords?: readonly string[]
  readonly error?: NonNullable<AnswerState['error']>
}

export function answerJsonOf(snapshot: AnswerSnapshot): AnswerJson {
  const {answerId, build, ending, abstained, text, sources, citations, usage, timings} = snapshot
  const {question, reason, nearest, answerability, unknownWords, finishReason, partial, error} = snapshot
  return {
    answerId,
    ref: refOf(answerId),
    // The key belongs to whoever asked. The answer's id grants access to this answer only.
    conversationId: null,
    build,
    ending,
    abstained,
    partial,
    text,
    sources,
    citations,
    usage,
    timings,
    question,
    ...(finishReason === null ? {} : {finishReason}),
    ...(reason === null ? {} : {reason}),
    ...(nearest.length === 0 ? {} : {nearest}),
    ...(answerability === null ? {} : {answerability}),
    ...(unknownWords.length === 0 ? {} : {unknownWords}),
    ...(error === null ? {} : {error}),
  }
}

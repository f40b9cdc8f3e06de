import type {AnswerState, JournalEntry} from '../answers/index.ts'
import type {Ending, ErrorCode, FinishReason, TerminalEvent, Timings, Usage} from '../domain/index.ts'

/** What is logged and counted about an answer that has ended. Never questions, never text. */
export interface AnswerSummary {
  readonly answerId: string
  readonly channel: string
  readonly build: string
  readonly ending: Ending
  readonly finishReason: FinishReason | null
  readonly partial: boolean
  readonly abstained: boolean
  /** Whether a paid model was called for it: to write the answer, or to rewrite the question. */
  readonly calledModel: boolean
  readonly code: ErrorCode | null
  readonly usage: Usage
  readonly timings: Timings
}

export function answerSummaryOf(
  {answerId, channel, build}: JournalEntry,
  terminal: TerminalEvent,
  state: AnswerState,
  calledModel: boolean,
): AnswerSummary {
  return {
    answerId,
    channel,
    build,
    ending: terminal.ending,
    finishReason: state.finishReason,
    partial: state.partial,
    abstained: state.abstained,
    calledModel,
    code: terminal.type === 'error' ? terminal.code : null,
    usage: state.usage,
    timings: state.timings(),
  }
}

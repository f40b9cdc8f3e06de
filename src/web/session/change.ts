import type {AnswerState} from './answer-state.ts'

/** What has changed in a session, for the view to redraw. */
export type Change =
  /** The conversation was switched, or answers were added or removed. */
  | {readonly type: 'conversation'}
  /** Only text or citations were added, to draw with the next frame. */
  | {readonly type: 'text'; readonly answer: AnswerState}
  | {readonly type: 'answer'; readonly answer: AnswerState; readonly before: AnswerState}

export function changeOf(answer: AnswerState, before: AnswerState): Change {
  const isText =
    answer.phase === before.phase &&
    answer.connection === before.connection &&
    answer.steps === before.steps &&
    (answer.carried === null) === (before.carried === null) &&
    answer.sources === before.sources &&
    answer.answerId === before.answerId
  return isText ? {type: 'text', answer} : {type: 'answer', answer, before}
}

import type {AnswerState} from './answer-state.ts'

/** What a page that shows a session has to draw anew. */
export type Change =
  /** Another conversation, or another set of answers. */
  | {readonly type: 'conversation'}
  /** Only words or citations were added: draw them with the next frame. */
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

/** The answer could not be read to its end. It may go on without its reader: `client.resume` reads the rest. */
export class AnswerLostError extends Error {
  override readonly name = 'AnswerLostError'
  /** `unreachable`: no connection could be made any more. `gone`: the server has no more of this answer. */
  readonly reason: 'unreachable' | 'gone'
  /** Null when the server never sent it. */
  readonly answerId: string | null
  /** Number of the last event that was read. */
  readonly after: number

  constructor(reason: 'unreachable' | 'gone', answerId: string | null, after: number) {
    super(reason === 'gone' ? 'The server has no more of this answer.' : 'The server cannot be reached.')
    this.reason = reason
    this.answerId = answerId
    this.after = after
  }
}

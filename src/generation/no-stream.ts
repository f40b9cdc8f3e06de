/** A response that is no event stream. For `upstreamError`, which cleans what the server said. */
export class NoStreamError extends Error {
  readonly status: number
  /** What it was instead, as `text/html`. */
  readonly what: string
  /** The beginning of its body. */
  readonly body: string

  constructor(status: number, what: string, body: string) {
    super(`Not an event stream: ${what}`)
    this.status = status
    this.what = what
    this.body = body
  }
}

/** What a client can tell of a refusal; what its protocol or its library hides is left out. */
export interface Refusal {
  /** Of HTTP. */
  readonly status?: number
  /** Docent's own, such as `rate_limited`. */
  readonly code?: string
  readonly message?: string
  /** How long to wait, from `Retry-After` or a message. */
  readonly waitMs?: number
  /** Of a WebSocket. */
  readonly closeCode?: number
  /** Of a program. */
  readonly exitCode?: number
}

export type RefusalFact = keyof Refusal

/** Thrown by a reader whose question or connection was refused. */
export class Refused extends Error {
  readonly seen: Refusal

  constructor(seen: Refusal) {
    super(`refused: ${JSON.stringify(seen)}`)
    this.seen = seen
  }
}

/** What a client with `fetch` can tell of a response that is no answer. */
export async function refusedBy(response: Response): Promise<Refused> {
  const {status, headers} = response
  return new Refused(refusalIn(status, headers.get('retry-after'), await response.text()))
}

/** @param retryAfter in seconds, as the header has it. */
export function refusalIn(status: number, retryAfter: string | null, body: string): Refusal {
  // Of an answer that has been read to its end nothing is left.
  if (status === 204) return {status}
  const {code, message} = (JSON.parse(body) as {readonly error: {readonly code: string; message: string}})
    .error
  return {status, code, message, ...(retryAfter ? {waitMs: 1000 * Number(retryAfter)} : {})}
}

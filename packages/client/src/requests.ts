import {type Fetch, refusalOf} from './answer-stream.ts'

export interface RequestOptions {
  readonly endpoint: string
  readonly fetch: Fetch
}

/** Ends an answer on the server at once. @throws RefusedError, or what the network throws. */
export async function stopAnswer(answerId: string, options: RequestOptions): Promise<void> {
  await send('POST', `/api/answers/${encodeURIComponent(answerId)}/stop`, undefined, options)
}

export type Rating = 'up' | 'down'

export interface Feedback {
  readonly rating: Rating
  readonly reasons?: readonly string[]
  readonly comment?: string
}

/** Rates an answer; a later rating replaces an earlier one. @throws RefusedError, or what the network throws. */
export async function rateAnswer(
  answerId: string,
  feedback: Feedback,
  options: RequestOptions,
): Promise<void> {
  await send('POST', `/api/answers/${encodeURIComponent(answerId)}/feedback`, feedback, options)
}

/** Reports what this browser measured for an answer. @throws as `rateAnswer`. */
export async function sendTimings(
  answerId: string,
  timings: {readonly firstUsefulMs: number},
  options: RequestOptions,
): Promise<void> {
  await send('POST', `/api/answers/${encodeURIComponent(answerId)}/timings`, timings, options)
}

/** Deletes a conversation on the server; one that does not exist counts as deleted. @throws as `rateAnswer`. */
export async function deleteConversation(conversationId: string, options: RequestOptions): Promise<void> {
  await send('DELETE', `/api/conversations/${encodeURIComponent(conversationId)}`, undefined, options, [404])
}

/** Timeout of optional requests. */
const infoTimeoutMs = 5_000

/** The server's generator; null when the server cannot be reached or, being older, does not say. */
export async function fetchGenerator(endpoint: string): Promise<string | null> {
  try {
    const response = await fetch(`${endpoint}/api/info`, {signal: AbortSignal.timeout(infoTimeoutMs)})
    const {generator} = (await response.json()) as {generator?: unknown}
    return typeof generator === 'string' ? generator : null
  } catch {
    return null
  }
}

async function send(
  method: string,
  path: string,
  body: unknown,
  options: RequestOptions,
  accepted: readonly number[] = [],
): Promise<void> {
  const response = await options.fetch(options.endpoint + path, {
    method,
    // The request must survive a tab that is closed right after.
    keepalive: true,
    ...(body === undefined
      ? {}
      : {headers: {'content-type': 'application/json'}, body: JSON.stringify(body)}),
  })
  if (!response.ok && !accepted.includes(response.status)) throw await refusalOf(response)
}

import type {Rating} from './answer-state.ts'
import {type Fetch, refusalOf} from './answer-stream.ts'

export interface RequestOptions {
  readonly endpoint: string
  readonly fetch: Fetch
}

/** Ends an answer on the server now. @throws RefusedError, or what the network throws. */
export async function stopAnswer(answerId: string, options: RequestOptions): Promise<void> {
  await send('POST', `/api/answers/${encodeURIComponent(answerId)}/stop`, undefined, options)
}

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

/** Tells what this browser measured of an answer. @throws as `rateAnswer`. */
export async function sendTimings(
  answerId: string,
  timings: {readonly firstUsefulMs: number},
  options: RequestOptions,
): Promise<void> {
  await send('POST', `/api/answers/${encodeURIComponent(answerId)}/timings`, timings, options)
}

/** Deletes a conversation on the server; one that is not there counts as deleted. @throws as `rateAnswer`. */
export async function deleteConversation(conversationId: string, options: RequestOptions): Promise<void> {
  await send('DELETE', `/api/conversations/${encodeURIComponent(conversationId)}`, undefined, options, [404])
}

/** Longest wait for what is only good to know, in milliseconds. */
const longestInfoMs = 5_000

/** Who writes the server's answers; null where it does not say, as an older one, or cannot be reached. */
export async function generatorOf(endpoint: string): Promise<string | null> {
  try {
    const response = await fetch(`${endpoint}/api/info`, {signal: AbortSignal.timeout(longestInfoMs)})
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
  fine: readonly number[] = [],
): Promise<void> {
  const response = await options.fetch(options.endpoint + path, {
    method,
    // A tab that closes right after must not take the request with it.
    keepalive: true,
    ...(body === undefined
      ? {}
      : {headers: {'content-type': 'application/json'}, body: JSON.stringify(body)}),
  })
  if (!response.ok && !fine.includes(response.status)) throw await refusalOf(response)
}

import type {
  AbstentionReason,
  Ending,
  FinishReason,
  GeneratorName,
  Highlight,
  PageLink,
  Source,
  Timings,
  Usage,
} from '../../../src/domain/index.ts'
import type {Citation} from './answer-result.ts'
import type {Question} from './answer-stream.ts'
import {refusalOf} from './refused-error.ts'
import {jsonHeaders, jsonOf, pathOf, send, type Transport} from './transport.ts'

export type Rating = 'up' | 'down'

/** A rating, that the docs lack the answer, or both. */
export type Feedback = {
  readonly reasons?: readonly string[]
  readonly comment?: string
} & ({readonly rating: Rating; readonly missing?: true} | {readonly rating?: Rating; readonly missing: true})

/** An answer as the server keeps it. */
export interface KeptAnswer {
  readonly answerId: string
  readonly ref: string
  /** Always null: the key of a conversation is given to the asker's own stream alone. */
  readonly conversationId: string | null
  readonly build: string
  /** Null while it runs. */
  readonly ending: Ending | null
  readonly abstained: boolean
  readonly partial: boolean
  readonly finishReason?: FinishReason
  readonly reason?: AbstentionReason
  readonly nearest?: readonly PageLink[]
  readonly text: string
  readonly sources: readonly Source[]
  readonly citations: readonly Citation[]
  readonly usage: Usage
  readonly timings: Timings | null
}

/** A section that was found. */
export interface SearchResult {
  readonly url: string
  readonly title: string
  readonly headings: readonly string[]
  readonly anchor: string
  readonly text: string
  readonly score: number
  /** The features behind the score, by name. */
  readonly scores?: Readonly<Record<string, number>>
  /** The query's words in `title`, in each of `headings` and in `text`. Absent from an old server. */
  readonly highlights?: {
    readonly title: readonly Highlight[]
    readonly headings: readonly (readonly Highlight[])[]
    readonly text: readonly Highlight[]
  }
}

export interface SearchOptions {
  /** Number of results, 1 to 50. Default 10. */
  readonly k?: number
  readonly version?: string | null
  /** BCP 47. */
  readonly lang?: string | null
  /** The last word is a beginning, as while typing. */
  readonly prefix?: boolean
  readonly signal?: AbortSignal
}

export interface SearchResponse {
  readonly query: string
  readonly build: string
  /** The language of the pages that were found. */
  readonly lang?: string | null
  readonly tookMs: number
  readonly results: readonly SearchResult[]
}

/** The sources that an answer would have. */
export interface FoundSources {
  readonly build: string
  readonly query: string
  readonly sources: readonly Source[]
  readonly answerability?: string
  /** Words of the question that the docs never use. */
  readonly unknownWords?: readonly string[]
}

export interface SectionAddress {
  /** As a source has it. */
  readonly url: string
  readonly anchor?: string | null
  readonly version?: string | null
  readonly lang?: string | null
  readonly signal?: AbortSignal
}

export interface SectionText {
  readonly build: string
  readonly url: string
  readonly anchor: string
  readonly title: string
  readonly headings: readonly string[]
  /** Markdown. */
  readonly text: string
  readonly lang: string | null
}

/** What may be known before a question is asked. An older server leaves out what it does not know. */
export interface Info {
  readonly generator?: GeneratorName
  /** Of the docs, BCP 47, the one with most pages first. */
  readonly languages?: readonly string[]
  /** What is set of its look. */
  readonly assistant?: {
    readonly name?: string
    /** A URL, or a path on the server. */
    readonly logo?: string
    /** Two colours as `#rrggbb #rrggbb`, for light and dark. */
    readonly accent?: string
    /** In CSS pixels. */
    readonly radius?: number
    readonly greeting?: string
    /** Plain text with at most one link as `[words](https://…)`. */
    readonly footer?: string
    readonly suggestions?: readonly string[]
  }
  /** Where to go for more help; `{question}`, `{url}` and `{ref}` in it are to be replaced, encoded for URLs. */
  readonly handOver?: {readonly url: string} | null
  /** What the server keeps of questions and answers: all, no words, or nothing; and for how many days, 0 for ever. */
  readonly transcripts?: {readonly keep: 'full' | 'metadata' | 'off'; readonly days: number} | null
}

/** Ends an answer on the server at once. Returns how it ended. @throws RefusedError, or what the network throws. */
export async function stopAnswer(answerId: string, transport: Transport): Promise<Ending> {
  return (await jsonFrom<{ending: Ending}>(post(pathOf(answerId, '/stop'), null, transport))).ending
}

/** Rates an answer; a later rating replaces an earlier one. @throws RefusedError, or what the network throws. */
export async function rateAnswer(answerId: string, feedback: Feedback, transport: Transport): Promise<void> {
  await post(pathOf(answerId, '/feedback'), feedback, transport)
}

/** What a browser measured: at least one of them. */
export interface Measured {
  /** How long the first sources took to be on the screen, in milliseconds. */
  readonly firstUsefulMs?: number
  /** The number of a source that the reader opened. */
  readonly opened?: number
}

/** Reports what this browser measured for an answer, also while its page is being left. @throws as `rateAnswer`. */
export async function sendTimings(answerId: string, timings: Measured, transport: Transport): Promise<void> {
  await post(pathOf(answerId, '/timings'), timings, transport)
}

/** Deletes a conversation on the server; one that does not exist counts as deleted. @throws as `rateAnswer`. */
export async function deleteConversation(conversationId: string, transport: Transport): Promise<void> {
  const path = `/api/conversations/${encodeURIComponent(conversationId)}`
  await accepted(path, {method: 'DELETE', keepalive: true}, transport, 404)
}

/** An answer, finished or not. @throws as `rateAnswer`. */
export function fetchAnswer(
  answerId: string,
  transport: Transport,
  signal?: AbortSignal,
): Promise<KeptAnswer> {
  return get(pathOf(answerId), {}, transport, signal)
}

/** Searches for sections, without an answer. @throws as `rateAnswer`; the signal's reason on abort. */
export function searchSections(
  query: string,
  {k, version, lang, prefix, signal}: SearchOptions,
  transport: Transport,
): Promise<SearchResponse> {
  return get('/api/search', {q: query, k, version, lang, prefix: prefix ? 1 : null}, transport, signal)
}

/** The sources for a question, without an answer. @throws as `searchSections`. */
export function findSources(
  question: Question,
  transport: Transport,
  signal?: AbortSignal,
): Promise<FoundSources> {
  return jsonFrom(post('/api/sources', question, transport, signal))
}

/** A section as Markdown, to be read beside an answer. @throws as `searchSections`, with 404 when it is gone. */
export function fetchSection(
  {signal, url, anchor, version, lang}: SectionAddress,
  transport: Transport,
): Promise<SectionText> {
  return get('/api/section', {url, anchor, version, lang}, transport, signal)
}

/** @throws as `rateAnswer`. */
export function fetchInfo(transport: Transport, signal?: AbortSignal): Promise<Info> {
  return get('/api/info', {}, transport, signal)
}

function get<T>(
  path: string,
  parameters: Readonly<Record<string, string | number | null | undefined>>,
  transport: Transport,
  signal?: AbortSignal,
): Promise<T> {
  const given = Object.entries(parameters).filter(([, value]) => value != null && value !== '')
  const query = given.length > 0 ? `?${new URLSearchParams(given as [string, string][])}` : ''
  return jsonFrom(accepted(path + query, {signal: signal ?? null}, transport))
}

/** Posts JSON; null for a request without a body. */
function post(
  path: string,
  body: object | null,
  transport: Transport,
  signal?: AbortSignal,
): Promise<Response> {
  const content = body && {headers: jsonHeaders, body: jsonOf(body)}
  // Without a signal to end it, the request must survive a tab that is closed right after.
  return accepted(path, {method: 'POST', keepalive: !signal, signal: signal ?? null, ...content}, transport)
}

const jsonFrom = async <T>(response: Promise<Response>): Promise<T> => (await response).json() as Promise<T>

/** The longest that a request takes. */
const requestTimeoutMs = 30_000

/** @throws RefusedError for any status but those of success and `alsoFine`. */
async function accepted(
  path: string,
  init: RequestInit,
  transport: Transport,
  alsoFine?: number,
): Promise<Response> {
  const timeout = AbortSignal.timeout(requestTimeoutMs)
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
  const response = await send(transport, path, {...init, signal})
  if (!response.ok && response.status !== alsoFine) throw await refusalOf(response)
  return response
}

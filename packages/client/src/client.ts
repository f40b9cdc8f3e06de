import type {Ending} from '../../../src/domain/index.ts'
import {Answer} from './answer.ts'
import {type AskRequest, askAnswer, followAnswer, type Question, type StreamOptions} from './answer-stream.ts'
import type {Network} from './network.ts'
import {newKey} from './new-key.ts'
import {
  deleteConversation,
  type Feedback,
  type FoundSources,
  fetchAnswer,
  fetchInfo,
  fetchSection,
  findSources,
  type Info,
  type KeptAnswer,
  type Measured,
  rateAnswer,
  type SearchOptions,
  type SearchResponse,
  type SectionAddress,
  type SectionText,
  searchSections,
  sendTimings,
  stopAnswer,
} from './requests.ts'
import type {Fetch, Transport} from './transport.ts'

export interface ClientOptions {
  /** URL of the Docent server. Default: the page's own origin. */
  readonly endpoint?: string
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch
  /** Sent with every request, for example for a gateway in front of the server. */
  readonly headers?: Readonly<Record<string, string>>
  /** Whether there is a network. Default: what the browser reports. */
  readonly network?: Network
  /** Waits between attempts to resume, in milliseconds; as many attempts as entries. Default: 250 to 8,000, six times. */
  readonly backoffMs?: readonly number[]
  /** Time without a byte after which a connection counts as lost, in milliseconds. Default 45,000. */
  readonly silenceMs?: number
}

/** A question with how it is asked. */
export type AskOptions = Omit<AskRequest, 'idempotencyKey'> & {
  /** 1 to 200 printable ASCII characters. Default: a new one for each call. */
  readonly idempotencyKey?: string
}

export interface SignalOption {
  readonly signal?: AbortSignal
}

/**
 * A server of Docent. Requests reject with RefusedError when the server refuses them, with the signal's reason on abort,
 * with TimeoutError after 30 seconds, and otherwise with what `fetch` throws.
 */
export interface Client {
  /** Nothing is sent before the answer is read. */
  ask(question: string | AskOptions, options?: SignalOption): Answer
  /** Reads an answer again, from the event after the number `after`; 0, the default, for all of it. */
  resume(answerId: string, after?: number, options?: SignalOption): Answer
  /** Ends an answer now, and says how it ended. */
  stop(answerId: string): Promise<Ending>
  /** An answer as the server keeps it, finished or not. */
  answer(answerId: string, options?: SignalOption): Promise<KeptAnswer>
  search(query: string, options?: SearchOptions): Promise<SearchResponse>
  /** The sources that an answer would have. Asked right after, the same question shows them at once. */
  sources(question: string | Question, options?: SignalOption): Promise<FoundSources>
  /** A section as Markdown, to be read beside an answer. */
  section(address: SectionAddress): Promise<SectionText>
  /** A later rating replaces an earlier one. */
  feedback(answerId: string, feedback: Feedback): Promise<void>
  /** Reports how long the first sources took to be on the screen, or that the reader opened one of them. */
  timings(answerId: string, timings: Measured): Promise<void>
  /** Deletes every answer of a conversation; one that does not exist counts as deleted. */
  deleteConversation(conversationId: string): Promise<void>
  info(options?: SignalOption): Promise<Info>
}

export function createClient(options: ClientOptions = {}): Client {
  const {fetch = (url, init) => globalThis.fetch(url, init), ...others} = options
  const transport: Transport & Omit<StreamOptions, 'signal'> = {
    ...others,
    endpoint: (options.endpoint ?? '').replace(/\/+$/, ''),
    fetch,
  }
  const questionOf = <T extends object>(question: string | T): T | {question: string} =>
    typeof question === 'string' ? {question} : question

  return {
    ask(question, {signal} = {}) {
      const request = {idempotencyKey: newKey(), ...questionOf(question)}
      return new Answer({
        read: (connection) => askAnswer(request, {...transport, signal: connection}),
        stop: (id) => stopAnswer(id, transport),
        answerId: null,
        after: 0,
        signal,
      })
    },
    resume: (answerId, after = 0, {signal} = {}) =>
      new Answer({
        read: (connection) => followAnswer(answerId, after, {...transport, signal: connection}),
        stop: (id) => stopAnswer(id, transport),
        answerId,
        after,
        signal,
      }),
    stop: (answerId) => stopAnswer(answerId, transport),
    answer: (answerId, {signal} = {}) => fetchAnswer(answerId, transport, signal),
    search: (query, search = {}) => searchSections(query, search, transport),
    sources: (question, {signal} = {}) => findSources(questionOf(question), transport, signal),
    section: (address) => fetchSection(address, transport),
    feedback: (answerId, feedback) => rateAnswer(answerId, feedback, transport),
    timings: (answerId, timings) => sendTimings(answerId, timings, transport),
    deleteConversation: (conversationId) => deleteConversation(conversationId, transport),
    info: ({signal} = {}) => fetchInfo(transport, signal),
  }
}

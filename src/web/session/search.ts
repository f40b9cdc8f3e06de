import {
  RefusedError,
  type SearchResult,
  searchSections,
  type Transport,
} from '../../../packages/client/src/index.ts'
import type {ErrorCode} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'
import {isCaseless} from './caseless.ts'

/** What is known of the text in the box. While it changes, what was found before stays. */
export interface Found {
  /** What was searched for; empty before the first search, and for text that is too short. */
  readonly query: string
  readonly results: readonly SearchResult[]
  /** Why there are no results, where the search failed. Its code is null if the server cannot be reached. */
  readonly problem: {readonly code: ErrorCode | null} | null
  /** Whether a search takes so long that the reader should know of it. */
  readonly isSlow: boolean
}

export const nothingFound: Found = {query: '', results: [], problem: null, isSlow: false}

export interface LiveSearchOptions extends Transport {
  readonly onFound: (found: Found) => void
  readonly version?: () => string | null
  readonly lang?: () => string | null
}

export interface LiveSearch {
  /** Searches for `query` after a pause in typing, or while typing goes on once it has gone on long enough. */
  type(query: string): void
  /** Cancels the search in progress and the one that waits, and forgets what was found. Reports nothing. */
  cancel(): void
}

const minQueryChars = 2
const maxQueryChars = 300
const maxResults = 6
const debounceMs = 120
/** Longest time without a search while typing goes on. */
const maxWaitMs = 300
/** Shortest time between two searches: with those of `SourcesAhead`, fewer than the 240 a minute of a server's default. */
const minIntervalMs = 310
/** Faster than this, a sign of searching would only flicker. */
const slowMs = 150
/** After a failure the search is tried again, at the time that the server names if it does. */
const retryMs = 5_000
const maxRetryMs = 60_000

/** Search as you type: debounced, and only the latest query that was sent reports results. */
export function createLiveSearch(options: LiveSearchOptions): LiveSearch {
  let found = nothingFound
  let sent = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  /** What the timer is for; null while nothing waits. */
  let waiting: string | null = null
  let slowTimer: ReturnType<typeof setTimeout> | undefined
  /** When to search at the latest, in milliseconds since the epoch; 0 while nothing waits. */
  let dueAt = 0
  /** No search is sent before, in milliseconds since the epoch. */
  let notBefore = 0

  function report(now: Partial<Found>): void {
    found = {...found, ...now}
    options.onFound(found)
  }

  async function search(query: string): Promise<void> {
    stop()
    sent = new AbortController()
    const {signal} = sent
    notBefore = Date.now() + minIntervalMs
    slowTimer ??= setTimeout(() => report({isSlow: true}), slowMs)
    const [version, lang] = [options.version?.() ?? null, options.lang?.() ?? null]
    try {
      const asked = {k: maxResults, prefix: true, version, lang, signal}
      const {results} = await searchSections(headOf(query, maxQueryChars), asked, options)
      if (!signal.aborted) settle({query, results, problem: null})
    } catch (error) {
      if (!signal.aborted) fail(query, error instanceof RefusedError ? error : null)
    }
  }

  function fail(query: string, refusal: RefusedError | null): void {
    const waitMs = Math.min(refusal?.retryAfterMs ?? retryMs, maxRetryMs)
    if (refusal?.retryAfterMs != null) {
      notBefore = Date.now() + waitMs
      schedule(waiting ?? query, waitMs)
    } else if (waiting === null && (refusal === null || refusal.status >= 500)) schedule(query, waitMs)
    settle({query, results: [], problem: {code: refusal?.code ?? null}})
  }

  function settle(now: Partial<Found>): void {
    endSlow()
    report({...now, isSlow: false})
  }

  function endSlow(): void {
    clearTimeout(slowTimer)
    slowTimer = undefined
  }

  function schedule(query: string, ms: number): void {
    clearTimeout(timer)
    waiting = query
    timer = setTimeout(search, ms, query)
  }

  /** Ends what was sent and what waits. */
  function stop(): void {
    clearTimeout(timer)
    waiting = null
    sent.abort()
    dueAt = 0
  }

  function cancel(): void {
    stop()
    endSlow()
    found = nothingFound
  }

  return {
    type(text) {
      const query = text.trim()
      if (query.length < minQueryChars && !isCaseless(query)) {
        cancel()
        report({})
        return
      }
      // What was sent may still answer while typing goes on.
      const now = Date.now()
      dueAt ||= now + maxWaitMs
      schedule(query, Math.max(Math.min(debounceMs, dueAt - now), notBefore - now))
    },
    cancel,
  }
}

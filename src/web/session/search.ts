import type {Fetch} from '../../../packages/client/src/index.ts'
import type {Highlight} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'

/** A section that matches what is being typed. */
export interface SearchResult {
  readonly url: string
  readonly title: string
  readonly headings: readonly string[]
  readonly anchor: string
  readonly text: string
  readonly score: number
  /** What was typed, in `title`, in each of `headings` and in `text`. Absent from an old server. */
  readonly highlights?: {
    readonly title: readonly Highlight[]
    readonly headings: readonly (readonly Highlight[])[]
    readonly text: readonly Highlight[]
  }
}

export interface LiveSearchOptions {
  readonly endpoint: string
  readonly fetch: Fetch
  /** Called for the latest query that was sent; without results when it is too short or the search fails. */
  readonly onResults: (query: string, results: readonly SearchResult[]) => void
  readonly version?: () => string | null
  readonly lang?: () => string | null
}

export interface LiveSearch {
  /** Searches for `query` after a pause in typing, or while typing goes on once it has gone on long enough. */
  type(query: string): void
  /** Cancels the search in progress and the one that waits. */
  cancel(): void
}

const minQueryChars = 2
/** A letter of a script without case: among them are those without spaces, where one character is a word. */
const caseless = /\p{Lo}/u
const maxQueryChars = 300
const debounceMs = 120
/** Longest time without a search while typing goes on. */
const maxWaitMs = 300

/** Search as you type: debounced, and only the latest query that was sent reports results. */
export function createLiveSearch(options: LiveSearchOptions): LiveSearch {
  let sent = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  /** When to search at the latest, in milliseconds since the epoch; 0 while nothing waits. */
  let dueAt = 0

  async function search(query: string): Promise<void> {
    cancel()
    sent = new AbortController()
    const {signal} = sent
    const parameters = new URLSearchParams({q: headOf(query, maxQueryChars), k: '5', prefix: '1'})
    const version = options.version?.()
    if (version) parameters.set('version', version)
    const lang = options.lang?.()
    if (lang) parameters.set('lang', lang)
    let found: {results?: readonly SearchResult[]} = {}
    try {
      const response = await options.fetch(`${options.endpoint}/api/search?${parameters}`, {signal})
      if (response.ok) found = await response.json()
    } catch {
      // Searching while typing is optional: on failure there are no results, and asking still works.
    }
    if (!signal.aborted) options.onResults(query, found.results ?? [])
  }

  function cancel(): void {
    clearTimeout(timer)
    sent.abort()
    dueAt = 0
  }

  return {
    type(text) {
      const query = text.trim()
      if (query.length < minQueryChars && !caseless.test(query)) {
        cancel()
        options.onResults(query, [])
        return
      }
      // What was sent may still answer while typing goes on.
      clearTimeout(timer)
      dueAt ||= Date.now() + maxWaitMs
      timer = setTimeout(search, Math.min(debounceMs, dueAt - Date.now()), query)
    },
    cancel,
  }
}

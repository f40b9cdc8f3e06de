import {type SearchResult, searchSections, type Transport} from '../../../packages/client/src/index.ts'
import {headOf} from '../../lib/cut.ts'

export interface LiveSearchOptions extends Transport {
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
    const [version, lang] = [options.version?.() ?? null, options.lang?.() ?? null]
    let results: readonly SearchResult[] | undefined
    try {
      const search = {k: 5, prefix: true, version, lang, signal}
      results = (await searchSections(headOf(query, maxQueryChars), search, options)).results
    } catch {
      // Searching while typing is optional: on failure there are no results, and asking still works.
    }
    if (!signal.aborted) options.onResults(query, results ?? [])
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

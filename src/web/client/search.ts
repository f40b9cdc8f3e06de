import type {Highlight} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'
import {type Fetch, pause} from './answer-stream.ts'

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
  /** Called only for the latest query; without results when it is too short or the search fails. */
  readonly onResults: (query: string, results: readonly SearchResult[]) => void
  readonly version?: () => string | null
  /** Default 120. */
  readonly debounceMs?: number
  /** Default 5. */
  readonly count?: number
}

export interface LiveSearch {
  /** Searches for `query` after the debounce time, unless another call comes first. */
  type(query: string): void
  /** Cancels the search in progress. */
  cancel(): void
}

const minQueryChars = 2
const maxQueryChars = 300

/** Search as you type: debounced, and only the latest query reports results. */
export function createLiveSearch(options: LiveSearchOptions): LiveSearch {
  let current = new AbortController()

  async function search(query: string, signal: AbortSignal): Promise<void> {
    try {
      await pause(options.debounceMs ?? 120, signal)
      const parameters = new URLSearchParams({
        q: headOf(query, maxQueryChars),
        k: String(options.count ?? 5),
        prefix: '1',
      })
      const version = options.version?.()
      if (version) parameters.set('version', version)
      const response = await options.fetch(`${options.endpoint}/api/search?${parameters}`, {signal})
      const found = response.ok ? ((await response.json()) as {results?: SearchResult[]}).results : []
      if (!signal.aborted) options.onResults(query, found ?? [])
    } catch {
      // Searching while typing is optional: on failure there are no results, and asking still works.
      if (!signal.aborted) options.onResults(query, [])
    }
  }

  return {
    type(text) {
      current.abort()
      current = new AbortController()
      const query = text.trim()
      if (query.length < minQueryChars) options.onResults(query, [])
      else void search(query, current.signal)
    },
    cancel() {
      current.abort()
    },
  }
}

import type {Router} from 'express'
import {clientLeft} from '../client-left.ts'
import {explainRequestOf} from './docs-schemas.ts'
import type {Staff} from './staff.ts'

/** A search, in the current build or another kept one. */
export interface ExplainQuery {
  readonly text: string
  readonly version: string | null
  readonly lang: string | null
  /** Null for the current one. */
  readonly build: string | null
}

/** How a search comes to its result. @throws DocentError as a search does; `conflict` for a build that cannot be searched. */
export type ExplainSearch = (query: ExplainQuery, signal: AbortSignal) => Promise<object>

/** Adds the search that shows what each stage makes of a question. It leaves nothing in transcripts and logs. */
export function addExplainRoutes(router: Router, staff: Staff, explain: ExplainSearch): void {
  router.get('/search/explain', staff.allow('docs'), async (request, response) => {
    const query = explainRequestOf(request.query)
    const signal = clientLeft(response)
    try {
      response.json(await explain(query, signal))
    } catch (error) {
      if (!signal.aborted) throw error
    }
  })
}

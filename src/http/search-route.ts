import type {Router} from 'express'
import type {DocsSearch} from '../retrieval/index.ts'
import {type Limits, visitorOf} from './limits/limits.ts'
import {visitorQueue} from './limits/visitor-queue.ts'
import {searchRequestOf} from './request-schemas.ts'

export interface SearchRouteDeps {
  readonly search: DocsSearch
  readonly limits: Limits
}

/** Maximum number of searches of one visitor that are running or waiting. */
const maxWaiting = 100

/** Adds `GET /api/search`: the retrieval that answers use, without an answer. */
export function addSearchRoute(router: Router, {search, limits}: SearchRouteDeps): void {
  const inTurn = visitorQueue(maxWaiting)

  router.get('/api/search', async (request, response) => {
    const {q, k, version, lang, prefix} = searchRequestOf(request.query)
    const visitor = visitorOf(request)
    await limits.countSearch(visitor, response)
    // 'close' is not emitted again.
    if (response.destroyed) return
    const reader = new AbortController()
    response.once('close', () => reader.abort())

    const startedAt = performance.now()
    const query = {text: q, limit: k, version, lang}
    const found = await inTurn(visitor, async () => {
      const {signal} = reader
      // The client may have left while its search was waiting.
      if (signal.aborted) return null
      return prefix ? search.searchAsTyped(query, {signal}) : search.search(query, {signal})
    })
    if (found === null || reader.signal.aborted) return
    response.setHeader('cache-control', 'no-store')
    response.json({
      query: found.query,
      build: found.build,
      lang: found.lang,
      tookMs: Math.round((performance.now() - startedAt) * 100) / 100,
      results: found.hits.map(({url, title, headings, anchor, text, highlights, score, scores}) => ({
        ...{url, title, headings, anchor, text, highlights, score, scores},
      })),
      // Set if an answer to this query would abstain. A beginning is no question.
      abstention: 'abstention' in found ? found.abstention : null,
    })
  })
}

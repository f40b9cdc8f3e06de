import type {Router} from 'express'
import type {DocsSearch} from '../retrieval/index.ts'
import {type Limits, visitorOf} from './limits/limits.ts'
import {turnsOf} from './limits/turns.ts'
import {searchRequestOf} from './request-schemas.ts'

export interface SearchRouteDeps {
  readonly search: DocsSearch
  readonly limits: Limits
}

/** Searches of one visitor that are under way or wait. */
const maxWaiting = 100

/** Adds `GET /api/search`: retrieval alone, the same that answers use. */
export function addSearchRoute(router: Router, {search, limits}: SearchRouteDeps): void {
  const inTurn = turnsOf(maxWaiting)

  router.get('/api/search', async (request, response) => {
    const {q, k, version} = searchRequestOf(request.query)
    const visitor = visitorOf(request)
    await limits.countSearch(visitor, response)
    // 'close' does not come again.
    if (response.destroyed) return
    const reader = new AbortController()
    response.once('close', () => reader.abort())

    const startedAt = performance.now()
    const found = await inTurn(visitor, async () =>
      // Whoever left while others were searched for wants nothing any more.
      reader.signal.aborted ? null : search.search({text: q, limit: k, version}, {signal: reader.signal}),
    )
    if (found === null || reader.signal.aborted) return
    response.setHeader('cache-control', 'no-store')
    response.json({
      query: found.query,
      build: found.build,
      tookMs: Math.round((performance.now() - startedAt) * 100) / 100,
      results: found.hits.map(({url, title, headings, anchor, text, score, scores}) => ({
        url,
        title,
        headings,
        anchor,
        text,
        score,
        scores,
      })),
      // Set when an answer would say "not in the docs" to this.
      abstention: found.abstention,
    })
  })
}

import type {Request, Response, Router} from 'express'
import type {Answering} from '../answering/index.ts'
import type {DocsSearch} from '../retrieval/index.ts'
import {clientLeft} from './client-left.ts'
import {requireJson} from './guards/require-json.ts'
import {type Limits, visitorOf} from './limits/limits.ts'
import type {VisitorQueue} from './limits/visitor-queue.ts'
import {askRequestOf, searchRequestOf} from './request-schemas.ts'

export interface SearchRoutesDeps {
  readonly search: DocsSearch
  readonly answering: Pick<Answering, 'findSources'>
  readonly limits: Limits
  /** The turns of a visitor's searches, of every kind. */
  readonly inTurn: VisitorQueue
}

/** Adds `GET /api/search` and `POST /api/sources`: the retrieval that answers use, without an answer. */
export function addSearchRoutes(router: Router, {search, answering, limits, inTurn}: SearchRoutesDeps): void {
  router.get('/api/search', async (request, response) => {
    const {q, k, version, lang, prefix} = searchRequestOf(request.query)
    const query = {text: q, limit: k, version, lang}
    const startedAt = performance.now()
    const found = await searched(request, response, (signal) =>
      prefix ? search.searchAsTyped(query, {signal}) : search.search(query, {signal}),
    )
    if (found === null) return
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

  router.post('/api/sources', async (request, response) => {
    requireJson(request)
    const {question} = askRequestOf(request.body)
    const found = await searched(request, response, (signal) => answering.findSources(question, signal))
    if (found !== null) response.json(found)
  })

  /** One search in the visitor's turn; null when the client has left, which ends it. */
  async function searched<T>(
    request: Request,
    response: Response,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | null> {
    const visitor = visitorOf(request)
    await limits.countSearch(visitor, response)
    const signal = clientLeft(response)
    response.setHeader('cache-control', 'no-store')
    try {
      // The client may have left while its search was waiting.
      const found = await inTurn(visitor, async () => (signal.aborted ? null : await work(signal)))
      return signal.aborted ? null : found
    } catch (error) {
      if (signal.aborted) return null
      throw error
    }
  }
}

import type {Request, Response, Router} from 'express'
import {rateLimited, toDocentError} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'
import {wordsOfRoute} from '../../lib/route-words.ts'
import {decodedPath} from '../../lib/url-path.ts'
import type {DocsSearch} from '../../retrieval/index.ts'
import {type CurrentBuild, type IndexBuild, pageAtRoute} from '../../search-index/index.ts'
import {clientLeft} from '../client-left.ts'
import {sendCompressed} from '../compressed-text.ts'
import {statusOf} from '../error-response.ts'
import {html} from '../html.ts'
import {slotLimit} from '../limits/concurrency-limits.ts'
import {type Limits, visitorOf} from '../limits/limits.ts'
import {searchRequestOf} from '../request-schemas.ts'
import type {DocsTarget} from './docs-child.ts'
import {type DocsView, missingPage, otherPage} from './docs-html.ts'
import {docsRouteOf, pageAtMarkdownRoute, pageMeantBy} from './docs-lookup.ts'
import {firstPart} from './docs-outline.ts'
import {type DocsPage, type DocsRenderer, sourcesOf} from './docs-renderer.ts'
import {type FoundSections, resultsOf} from './docs-search.ts'
import {docsWordsIn, fill} from './docs-words.ts'

export interface DocsRoutesDeps {
  readonly current: CurrentBuild
  readonly renderer: DocsRenderer
  readonly search: DocsSearch
  readonly limits: Limits
  /** Whether this server serves the widget. */
  readonly hasAssistant: boolean
}

/** A quarter of the pages that may be rendered at the same time, so that one visitor cannot take all of them. */
const maxPagesPerVisitor = 16
const maxResults = 20
const maxTypedResults = 8
const maxNearest = 5
const maxQueryChars = 300

/** Adds the ingested pages to a router, as HTML and as `….md`, with a search over them. */
export function addDocsRoutes(router: Router, deps: DocsRoutesDeps): void {
  const {current, renderer, search, limits, hasAssistant} = deps
  const acquireSlot = slotLimit(maxPagesPerVisitor)

  /** Cached pages are returned at once, so slots are held only by what takes time. */
  async function limited<T>(visitor: string, render: () => Promise<T>): Promise<T> {
    const release = acquireSlot(visitor)
    if (release === null) {
      throw rateLimited('pages', 'Too many pages are being rendered for you; try again in a moment.', {
        retryAfterMs: 1000,
      })
    }
    try {
      return await render()
    } finally {
      release()
    }
  }

  const viewOf = (build: IndexBuild): DocsView => ({pages: build, sources: sourcesOf(build), hasAssistant})

  /** @throws DocentError `rate_limited`, `not_ready`, `version_not_found`. */
  async function find(
    request: Request,
    response: Response,
    query: {
      readonly text: string
      readonly limit: number
      readonly lang: string | null
      readonly version: string | null
    },
    isTyped: boolean,
  ): Promise<FoundSections> {
    const visitor = visitorOf(request)
    await limits.countSearch(visitor, response)
    const signal = clientLeft(response)
    return limited(visitor, async () => {
      if (isTyped) {
        const {hits} = await search.searchAsTyped(query, {signal})
        return {query: query.text, hits, isUnanswered: false}
      }
      const {hits, abstention} = await search.search(query, {signal})
      return {query: query.text, hits, isUnanswered: abstention !== null}
    })
  }

  async function sendSearch(request: Request, response: Response, build: IndexBuild): Promise<void> {
    const first = firstPart(build)
    const asked = request.query['q']
    const typed = typeof asked === 'string' ? asked.replaceAll('\0', ' ').trim() : ''
    const isBlank = typed === ''
    const {q, lang, version, prefix} = searchRequestOf({
      ...request.query,
      q: isBlank ? '?' : headOf(typed, maxQueryChars),
    })
    const part = {...first, lang: lang ?? first.lang, version: version ?? first.version}
    const words = docsWordsIn(part.lang)
    const query = isBlank ? '' : q
    response.setHeader('cache-control', 'no-store')
    let results = html`<p class="note">${words.emptySearch}</p>`
    if (!isBlank) {
      try {
        const limit = prefix ? maxTypedResults : maxResults
        const found = await find(request, response, {text: q, limit, lang, version}, prefix)
        results = resultsOf(found, {pages: build, words})
      } catch (error) {
        const problem = toDocentError(error)
        response.status(statusOf[problem.code])
        if (problem.retryAfterMs !== null) {
          response.setHeader('retry-after', Math.ceil(problem.retryAfterMs / 1000))
        }
        results = html`<div class="results"><p class="note" role="alert">${words.tryLater}</p></div>`
      }
    }
    if (response.destroyed) return
    // The script of the pages shows results alone, as they are typed.
    if (prefix) return void response.type('html').send(results.html)
    const title = query === '' ? words.search : fill(words.resultsFor, {query})
    response
      .type('html')
      .send(otherPage(viewOf(build), {title, part, query, body: html`<h1>${title}</h1>\n${results}`}))
  }

  async function sendMissing(
    request: Request,
    response: Response,
    build: IndexBuild,
    route: string,
  ): Promise<void> {
    const part = firstPart(build)
    const text = wordsOfRoute(decodedPath(route))
    let nearest = null
    if (text !== '') {
      try {
        const {lang} = part
        const found = await find(request, response, {text, limit: maxNearest, lang, version: null}, false)
        if (found.hits.length > 0) {
          nearest = resultsOf({...found, isUnanswered: false}, {pages: build, words: docsWordsIn(lang)})
        }
      } catch {
        // The page is of use without them.
      }
    }
    if (response.destroyed) return
    response
      .status(404)
      .type('html')
      .send(missingPage(viewOf(build), {route: decodedPath(route), query: text, part, nearest}))
  }

  // Express refuses what it cannot decode.
  router.use('/docs', (request, _response, next) => {
    request.url = withEncodedSigns(request.url)
    next()
  })

  router.get(['/docs', '/docs/*route'], async (request, response) => {
    const route = routeOf(request.path)
    const {build, release} = current.lease()
    try {
      response.setHeader('cache-control', 'no-cache')
      const target = targetOf(build, route, request.query['all'] !== undefined)
      if (route === '/search' && (target === null || request.query['q'] !== undefined)) {
        return await sendSearch(request, response, build)
      }
      if (target === null) {
        const meant = pageMeantBy(build, route)
        if (meant !== null) return response.redirect(302, docsRouteOf(build, meant))
        return await sendMissing(request, response, build, route)
      }
      const type = target.kind === 'markdown' ? 'text/markdown; charset=utf-8' : 'html'
      const page = await limited<DocsPage>(visitorOf(request), () => renderer.view(build, target))
      if (page.isStandIn) response.setHeader('cache-control', 'no-store')
      await sendCompressed(response, page, type)
    } finally {
      release()
    }
  })
}

/** `/50%` → `/50%25`: as addresses were given by earlier versions, and as people write them. So are bytes of no UTF-8. */
function withEncodedSigns(url: string): string {
  return url.replace(/(?:%[\da-f]{2})+|%/gi, (signs) =>
    decodedPath(signs) === signs ? signs.replaceAll('%', '%25') : signs,
  )
}

/** `/docs/guides/auth/` → `/guides/auth`. */
function routeOf(path: string): string {
  return `/${path.split('/').slice(2).filter(Boolean).join('/')}`
}

function targetOf(build: IndexBuild, route: string, isList: boolean): DocsTarget | null {
  if (route === '/' && isList) return {kind: 'list'}
  const page = pageAtRoute(build, route)
  if (page) return {kind: 'page', pageId: page.id}
  const source = pageAtMarkdownRoute(build, route)
  if (source) return {kind: 'markdown', pageId: source.id}
  return route === '/' ? {kind: 'landing'} : null
}

import type {Request, Response} from 'express'
import {toDocentError} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'
import {wordsOfRoute} from '../../lib/route-words.ts'
import {decodedPath} from '../../lib/url-path.ts'
import type {DocsSearch} from '../../retrieval/index.ts'
import type {IndexBuild} from '../../search-index/index.ts'
import {clientLeft} from '../client-left.ts'
import {statusOf} from '../error-response.ts'
import {html} from '../html.ts'
import {type Limits, visitorOf} from '../limits/limits.ts'
import {linkBase} from '../public-base.ts'
import {searchRequestOf} from '../request-schemas.ts'
import {formOfMissing, typeOf} from './agents/docs-form.ts'
import {missingMarkdown} from './agents/missing-markdown.ts'
import {type DocsView, missingPage, otherPage} from './docs-html.ts'
import {firstPart} from './docs-outline.ts'
import {type FoundSections, resultsOf} from './docs-search.ts'
import {docsWordsIn, fill} from './docs-words.ts'

export interface FoundViewsDeps {
  readonly search: DocsSearch
  readonly limits: Limits
  /** Searches within the limits on pages. */
  readonly limited: <T>(visitor: string, search: () => Promise<T>) => Promise<T>
  readonly viewOf: (build: IndexBuild) => DocsView
  /** Where this server is reached; null for where a request was sent. */
  readonly publicUrl: string | null
}

const maxResults = 20
const maxTypedResults = 8
const maxNearest = 5
const maxQueryChars = 300

/** What is shown of a search: its results, and the nearest pages where a route has none. */
export interface FoundViews {
  sendSearch(request: Request, response: Response, build: IndexBuild): Promise<void>
  /** @param route as `/guides/auth` */
  sendMissing(request: Request, response: Response, build: IndexBuild, route: string): Promise<void>
}

export function createFoundViews({search, limits, limited, viewOf, publicUrl}: FoundViewsDeps): FoundViews {
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
    const {lang} = part
    const text = wordsOfRoute(decodedPath(route))
    let found: FoundSections | null = null
    if (text !== '') {
      try {
        found = await find(request, response, {text, limit: maxNearest, lang, version: null}, false)
      } catch {
        // The page is of use without them.
      }
    }
    if (response.destroyed) return
    response.status(404)
    const form = formOfMissing(request, route)
    if (form !== 'html') {
      const base = linkBase(request, publicUrl)
      const options = {route: decodedPath(route), hits: found?.hits ?? [], base, pages: build}
      return void response.type(typeOf(form)).send(missingMarkdown(options))
    }
    const nearest =
      found === null || found.hits.length === 0
        ? null
        : resultsOf({...found, isUnanswered: false}, {pages: build, words: docsWordsIn(lang)})
    response
      .type('html')
      .send(missingPage(viewOf(build), {route: decodedPath(route), query: text, part, nearest}))
  }

  return {sendSearch, sendMissing}
}

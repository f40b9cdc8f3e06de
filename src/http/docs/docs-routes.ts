import type {Request, Response, Router} from 'express'
import {rateLimited, type SiteUrl} from '../../domain/index.ts'
import {decodedPath} from '../../lib/url-path.ts'
import type {DocsSearch} from '../../retrieval/index.ts'
import {type CurrentBuild, type IndexBuild, pageAtRoute} from '../../search-index/index.ts'
import {sendCompressed} from '../compressed-text.ts'
import {slotLimit} from '../limits/concurrency-limits.ts'
import {type Limits, visitorOf} from '../limits/limits.ts'
import {linkBase} from '../public-base.ts'
import {createAgentLists} from './agents/agent-lists.ts'
import {addAgentRoutes} from './agents/agent-routes.ts'
import {setListLinks, setPageLinks} from './agents/discovery-links.ts'
import type {docsAsk} from './agents/docs-ask.ts'
import {formFor, formOfMissing, typeOf} from './agents/docs-form.ts'
import {publishedAddress} from './agents/llms-full.ts'
import type {DocsTarget} from './docs-child.ts'
import {docsRouteOf, markdownRouteOf, pageAtMarkdownRoute, pageMeantBy} from './docs-lookup.ts'
import {type DocsPage, type DocsRenderer, sourcesOf} from './docs-renderer.ts'
import {createFoundViews} from './found-views.ts'

export interface DocsRoutesDeps {
  readonly current: CurrentBuild
  readonly renderer: DocsRenderer
  readonly search: DocsSearch
  readonly limits: Limits
  /** Whether this server serves the widget. */
  readonly hasAssistant: boolean
  readonly assistantName: string | null
  /** Where the docs are published. */
  readonly siteUrl: SiteUrl
  /** Where this server is reached; null for where a request was sent. */
  readonly publicUrl: string | null
  /** Answers `?ask=`. */
  readonly ask: ReturnType<typeof docsAsk>
}

/** A quarter of the pages that may be rendered at the same time, so that one visitor cannot take all of them. */
const maxPagesPerVisitor = 16

/** Adds the ingested pages to a router, as HTML and as Markdown, with a search over them and lists of them for agents. */
export function addDocsRoutes(router: Router, deps: DocsRoutesDeps): void {
  const {current, renderer, search, limits, hasAssistant, siteUrl, publicUrl} = deps
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

  const lists = createAgentLists({
    ...{renderer, siteUrl, publicUrl, assistantName: deps.assistantName},
    limited: (request, render) => limited(visitorOf(request), render),
  })
  const {sendSearch, sendMissing} = createFoundViews({
    ...{search, limits, limited, publicUrl},
    viewOf: (build) => ({pages: build, sources: sourcesOf(build), hasAssistant}),
  })

  /** Sends a page, or what stands at `/docs/` without one, in the form that the client prefers. */
  async function sendView(
    request: Request,
    response: Response,
    build: IndexBuild,
    target: ViewTarget,
  ): Promise<void> {
    const form = target.kind === 'markdown' ? 'markdown' : formFor(request)
    if (!('pageId' in target)) {
      if (form !== 'html') return lists.sendList(request, response, build)
      return sendCompressed(
        response,
        await limited(visitorOf(request), () => renderer.view(build, target)),
        'html',
      )
    }
    const page = build.pageById(target.pageId)!
    const published = publishedAddress(build, page, siteUrl)
    // A client takes what begins with a slash from the address that it asked, whose scheme only a proxy may know.
    const html = (publicUrl ?? '') + docsRouteOf(build, page)
    const markdown = (publicUrl ?? '') + markdownRouteOf(build, page)
    setPageLinks(
      response,
      {canonical: published ?? html, html, markdown},
      form === 'html' ? 'html' : 'markdown',
    )
    if (form !== 'html' && target.kind === 'page') response.setHeader('content-location', markdown)
    const shown: DocsTarget =
      form === 'html'
        ? {kind: 'page', pageId: page.id}
        : {kind: 'markdown', pageId: page.id, place: {base: linkBase(request, publicUrl), published}}
    const view = await limited<DocsPage>(visitorOf(request), () => renderer.view(build, shown))
    if (view.isStandIn) response.setHeader('cache-control', 'no-store')
    await sendCompressed(response, view, form === 'html' ? 'html' : typeOf(form))
  }

  // Express refuses what it cannot decode.
  router.use('/docs', (request, _response, next) => {
    request.url = withEncodedSigns(request.url)
    next()
  })

  router.get(['/docs', '/docs/*route'], async (request, response) => {
    const route = routeOf(request.path)
    if (request.query['ask'] !== undefined) return deps.ask(request, response, route)
    const {build, release} = current.lease()
    try {
      response.setHeader('cache-control', 'no-cache')
      const target = targetOf(build, route, request.query['all'] !== undefined)
      if (route === '/search' && (target === null || request.query['q'] !== undefined)) {
        return await sendSearch(request, response, build)
      }
      if (target?.kind !== 'markdown') response.vary('Accept')
      setListLinks(response)
      if (target !== null) return await sendView(request, response, build, target)
      const meant = pageMeantBy(build, route)
      if (meant === null) return await sendMissing(request, response, build, route)
      const isTwin = formOfMissing(request, route) !== 'html'
      response.redirect(302, isTwin ? markdownRouteOf(build, meant) : docsRouteOf(build, meant))
    } finally {
      release()
    }
  })

  addAgentRoutes(router, {current, lists, publicUrl})
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

/** What an address of the docs leads to. */
type ViewTarget =
  | {readonly kind: 'page' | 'markdown'; readonly pageId: number}
  | {readonly kind: 'landing' | 'list'}

function targetOf(build: IndexBuild, route: string, isList: boolean): ViewTarget | null {
  if (route === '/' && isList) return {kind: 'list'}
  const page = pageAtRoute(build, route)
  if (page) return {kind: 'page', pageId: page.id}
  const source = pageAtMarkdownRoute(build, route)
  if (source) return {kind: 'markdown', pageId: source.id}
  return route === '/' ? {kind: 'landing'} : null
}

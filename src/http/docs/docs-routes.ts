import type {Router} from 'express'
import {DocentError} from '../../domain/index.ts'
import {decodedPath} from '../../lib/url-path.ts'
import {type CurrentBuild, type IndexBuild, pageAtRoute} from '../../search-index/index.ts'
import {sendCompressed} from '../compressed-text.ts'
import {slotLimit} from '../limits/concurrency-limits.ts'
import {visitorOf} from '../limits/limits.ts'
import type {DocsView} from './docs-child.ts'
import {missingPage} from './docs-html.ts'
import {pageAtMarkdownRoute} from './docs-lookup.ts'
import type {DocsPage, DocsRenderer} from './docs-renderer.ts'

export interface DocsRoutesDeps {
  readonly current: CurrentBuild
  readonly renderer: DocsRenderer
}

/** A quarter of the pages that may be rendered at the same time, so that one visitor cannot take all of them. */
const maxPagesPerVisitor = 16

/** Adds the ingested pages to a router, as HTML and as `….md`. */
export function addDocsRoutes(router: Router, {current, renderer}: DocsRoutesDeps): void {
  const acquireSlot = slotLimit(maxPagesPerVisitor)

  /** Cached pages are returned at once, so slots are held only by pages that must be rendered. */
  async function limited(visitor: string, render: () => Promise<DocsPage>): Promise<DocsPage> {
    const release = acquireSlot(visitor)
    if (release === null) {
      throw new DocentError(
        'rate_limited',
        'Too many pages are being rendered for you; try again in a moment.',
        {
          retryAfterMs: 1000,
          details: {limit: 'pages'},
        },
      )
    }
    try {
      return await render()
    } finally {
      release()
    }
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
      const view = viewOf(build, route)
      if (view === null) {
        response
          .status(404)
          .type('html')
          .send(missingPage(decodedPath(route)))
        return
      }
      const type = view.kind === 'markdown' ? 'text/markdown; charset=utf-8' : 'html'
      const page = await limited(visitorOf(request), () => renderer.view(build, view))
      if (page.isStandIn) response.setHeader('cache-control', 'no-store')
      await sendCompressed(response, page, type)
    } finally {
      release()
    }
  })
}

/** `/50%` → `/50%25`: as addresses were given by earlier versions, and as people write them. */
function withEncodedSigns(url: string): string {
  return url.replace(/%(?![\da-f]{2})/gi, '%25')
}

/** `/docs/guides/auth/` → `/guides/auth`. */
function routeOf(path: string): string {
  return `/${path.split('/').slice(2).filter(Boolean).join('/')}`
}

function viewOf(build: IndexBuild, route: string): DocsView | null {
  const page = pageAtRoute(build, route)
  if (page) return {kind: 'page', pageId: page.id}
  const source = pageAtMarkdownRoute(build, route)
  if (source) return {kind: 'markdown', pageId: source.id}
  return route === '/' ? {kind: 'list'} : null
}

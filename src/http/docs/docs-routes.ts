import type {Router} from 'express'
import {DocentError} from '../../domain/index.ts'
import type {CurrentBuild, IndexBuild} from '../../search-index/index.ts'
import {visitorOf} from '../limits/limits.ts'
import {slotsOf} from '../limits/slots.ts'
import {sendPacked} from '../packed.ts'
import type {DocsView} from './docs-child.ts'
import {missingPage} from './docs-html.ts'
import {pageAt, pageOfTwin} from './docs-lookup.ts'
import type {DocsPage, DocsRenderer} from './docs-renderer.ts'

export interface DocsRoutesDeps {
  readonly current: CurrentBuild
  readonly renderer: DocsRenderer
}

/** Of the places for pages that are being made, a quarter: one visitor leaves room for others. */
const maxPagesPerVisitor = 16

/** Adds the ingested pages to a router, as HTML and as `….md`. */
export function addDocsRoutes(router: Router, {current, renderer}: DocsRoutesDeps): void {
  const takePlace = slotsOf(maxPagesPerVisitor)

  /** What is kept is there at once, so places are held by pages that must be made. */
  async function madeFor(visitor: string, make: () => Promise<DocsPage>): Promise<DocsPage> {
    const free = takePlace(visitor)
    if (free === null) {
      throw new DocentError('rate_limited', 'Many pages are being prepared for you; try again in a moment.', {
        retryAfterMs: 1000,
        details: {limit: 'pages'},
      })
    }
    try {
      return await make()
    } finally {
      free()
    }
  }

  router.get(['/docs', '/docs/*route'], async (request, response) => {
    const route = routeOf(request.params)
    const {build, release} = current.lease()
    try {
      response.setHeader('cache-control', 'no-cache')
      const view = viewOf(build, route)
      if (view === null) {
        response.status(404).type('html').send(missingPage(route))
        return
      }
      const type = view.kind === 'markdown' ? 'text/markdown; charset=utf-8' : 'html'
      const made = await madeFor(visitorOf(request), () => renderer.view(build, view))
      if (made.isStandIn) response.setHeader('cache-control', 'no-store')
      await sendPacked(response, made, type)
    } finally {
      release()
    }
  })
}

/** `/docs/guides/auth/` → `/guides/auth`; Express has decoded each segment. */
function routeOf(params: Readonly<Record<string, unknown>>): string {
  const segments = params['route']
  const parts = Array.isArray(segments) ? segments.map(String).filter(Boolean) : []
  return `/${parts.join('/')}`
}

function viewOf(build: IndexBuild, route: string): DocsView | null {
  const page = pageAt(build, route)
  if (page) return {kind: 'page', pageId: page.id}
  const twin = pageOfTwin(build, route)
  if (twin) return {kind: 'markdown', pageId: twin.id}
  return route === '/' ? {kind: 'list'} : null
}

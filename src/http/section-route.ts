import type {Router} from 'express'
import {DocentError, type SiteUrl} from '../domain/index.ts'
import {sectionTextAt} from '../retrieval/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'
import {type Limits, visitorOf} from './limits/limits.ts'
import {sectionRequestOf} from './request-schemas.ts'

export interface SectionRouteDeps {
  readonly current: CurrentBuild
  /** Where the docs live. */
  readonly siteUrl: SiteUrl
  readonly limits: Limits
}

/** Adds `GET /api/section`: a section of the docs as Markdown, to be read beside an answer. */
export function addSectionRoute(router: Router, {current, siteUrl, limits}: SectionRouteDeps): void {
  router.get('/api/section', async (request, response) => {
    const place = sectionRequestOf(request.query)
    await limits.countSearch(visitorOf(request), response)
    if (current.id === null) throw new DocentError('not_ready', 'There is no index yet')
    const {build, release} = current.lease()
    try {
      const section = sectionTextAt(build, place, siteUrl)
      if (section === null) {
        throw new DocentError(
          'not_found',
          'The docs have no such section now. It may have been moved or removed.',
        )
      }
      const {isTruncated, ...shown} = section
      // With an ETag, so that a section which did not change is not sent again.
      response.setHeader('cache-control', 'no-cache')
      response.json({build: build.manifest.id, ...shown, ...(isTruncated ? {truncated: true} : {})})
    } finally {
      release()
    }
  })
}

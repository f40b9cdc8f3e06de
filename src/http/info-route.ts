import type {Router} from 'express'
import type {GeneratorName} from '../domain/index.ts'
import type {CurrentBuild} from '../search-index/index.ts'

/** What a widget may know before a question is asked. */
export interface Info {
  /** The one that writes the answers, as in each `start`. */
  readonly generator: GeneratorName
  /** The languages of the docs, BCP 47, the one with most pages first; none where that is not known. */
  readonly languages: () => readonly string[]
}

/** Adds `GET /api/info`. */
export function addInfoRoute(router: Router, {generator, languages}: Info): void {
  router.get('/api/info', (_request, response) => {
    response.setHeader('cache-control', 'no-cache')
    response.json({generator, languages: languages()})
  })
}

/** The languages of the docs that are served, BCP 47, the one with most pages first; none where that is not known. */
export function languagesOf(current: Pick<CurrentBuild, 'id' | 'lease'>): readonly string[] {
  if (current.id === null) return []
  const lease = current.lease()
  try {
    return lease.build.languages().map(({lang}) => lang)
  } finally {
    lease.release()
  }
}

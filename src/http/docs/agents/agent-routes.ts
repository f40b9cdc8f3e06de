import type {Router} from 'express'
import type {CurrentBuild} from '../../../search-index/index.ts'
import {cachingOf, linkBase} from '../../public-base.ts'
import type {AgentLists} from './agent-lists.ts'
import {robotsText} from './robots.ts'

export interface AgentRoutesDeps {
  readonly current: CurrentBuild
  readonly lists: AgentLists
  readonly publicUrl: string | null
}

/** Adds what agents and crawlers look for at the root: `/llms.txt`, `/llms-full.txt` and `/robots.txt`. */
export function addAgentRoutes(router: Router, {current, lists, publicUrl}: AgentRoutesDeps): void {
  const files = [
    ['/llms.txt', lists.sendList],
    ['/llms-full.txt', lists.sendFull],
  ] as const
  for (const [path, send] of files) {
    router.get(path, async (request, response) => {
      const {build, release} = current.lease()
      try {
        await send(request, response, build)
      } finally {
        release()
      }
    })
  }

  router.get('/robots.txt', (request, response) => {
    response.setHeader('cache-control', cachingOf(publicUrl))
    response.type('text/plain; charset=utf-8').send(robotsText(linkBase(request, publicUrl)))
  })
}

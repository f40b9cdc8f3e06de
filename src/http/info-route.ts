import type {Router} from 'express'
import type {GeneratorName} from '../domain/index.ts'

/** Adds what a widget may know before anything is asked: who writes the answers, as each answer's `start` tells too. */
export function addInfoRoute(router: Router, generator: GeneratorName): void {
  router.get('/api/info', (_request, response) => {
    response.setHeader('cache-control', 'no-cache')
    response.json({generator})
  })
}

import type {Router} from 'express'
import type {GeneratorName} from '../domain/index.ts'

/** Adds what a widget may know before a question is asked: which generator writes the answers, as in each `start`. */
export function addInfoRoute(router: Router, generator: GeneratorName): void {
  router.get('/api/info', (_request, response) => {
    response.setHeader('cache-control', 'no-cache')
    response.json({generator})
  })
}

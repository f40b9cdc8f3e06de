import type {RequestHandler} from 'express'
import {DocentError} from '../../domain/index.ts'
import {isSameSecret} from '../../lib/secrets.ts'
import {visitorOf} from '../limits/limits.ts'
import type {Guesses} from '../staff/guesses.ts'
import {bearerOf} from '../staff/staff.ts'

/**
 * Lets only requests with `API_TOKEN` as a Bearer token pass. Without that setting every request passes, whatever key it
 * has, since clients of these protocols often cannot be set up without one.
 * @param apiToken null to let all pass.
 * @throws DocentError `unauthorized`; `rate_limited` after too many wrong tokens from one address.
 */
export function apiTokenGuard(apiToken: string | null, guesses: Guesses): RequestHandler {
  return (request, _response, next) => {
    if (apiToken !== null) {
      const bearer = bearerOf(request)
      if (bearer === null || !isSameSecret(bearer, apiToken)) {
        if (bearer !== null) guesses.countWrong(visitorOf(request))
        throw new DocentError(
          'unauthorized',
          bearer === null
            ? 'This server asks for an API key. Send it as Authorization: Bearer KEY.'
            : 'The API key is not the right one. Whoever runs this server has it, as API_TOKEN.',
        )
      }
    }
    next()
  }
}

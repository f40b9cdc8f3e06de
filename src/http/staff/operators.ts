import type {NextFunction, Request, Response} from 'express'
import {DocentError} from '../../domain/index.ts'
import {isSameSecret} from '../../lib/secrets.ts'
import {hostOf, isForwarded, isLoopbackAddress, isLoopbackName} from '../guards/this-machine.ts'
import {visitorOf} from '../limits/limits.ts'
import type {Guesses} from './guesses.ts'
import {bearerOf, type Staff} from './staff.ts'

export interface OperatorOptions {
  /** Null: metrics can only be read from this machine. */
  readonly metricsToken?: string | null
  /** A number of hops, or addresses in the syntax of Express; null to trust no proxy. */
  readonly trustProxy: string | null
}

/** The people who run this server: they may read metrics and the reasons for problems. */
export interface Operators {
  /** Middleware for metrics. Sends 401 without the token; if none is set, 403 unless the request is from this machine. */
  readonly only: (request: Request, response: Response, next: NextFunction) => void
  /** Whether a request is from an operator or staff. A wrong token is counted, but is not an error here. */
  includes(request: Request): Promise<boolean>
}

export function createOperators(options: OperatorOptions, staff: Staff, guesses: Guesses): Operators {
  const {metricsToken = null, trustProxy} = options

  function hasToken(request: Request): boolean {
    const bearer = bearerOf(request)
    return metricsToken !== null && bearer !== null && isSameSecret(bearer, metricsToken)
  }

  return {
    only(request, response, next) {
      if (metricsToken === null) {
        if (!isFromThisMachine(request, trustProxy !== null)) {
          throw new DocentError(
            'forbidden',
            'Without METRICS_TOKEN, metrics can be read only from this machine. Set it, and send it as a Bearer token.',
          )
        }
      } else if (!hasToken(request)) {
        if (bearerOf(request) !== null) guesses.countWrong(visitorOf(request))
        throw new DocentError('unauthorized', 'Send METRICS_TOKEN as a Bearer token.')
      }
      response.setHeader('cache-control', 'no-store')
      next()
    },
    async includes(request) {
      if (hasToken(request) || isFromThisMachine(request, trustProxy !== null)) return true
      try {
        return (await staff.whoIs(request)) !== null
      } catch {
        // Too many wrong tokens, or people cannot be read: treated like any visitor.
        return false
      }
    },
  }
}

/**
 * Whether a request was made on this machine. One that comes through a local proxy was not, unless a trusted proxy says
 * so; neither was one from a page that reaches the server by another host name.
 */
function isFromThisMachine(request: Request, isProxyTrusted: boolean): boolean {
  const hasTrustedAddress = isProxyTrusted && request.get('x-forwarded-for') !== undefined
  return (
    isLoopbackAddress(request.socket.remoteAddress) &&
    isLoopbackAddress(request.ip) &&
    isLoopbackName(hostOf(request)?.name ?? '') &&
    (hasTrustedAddress || !isForwarded(request))
  )
}
